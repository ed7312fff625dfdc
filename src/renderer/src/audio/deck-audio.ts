// The one sound in the console: an <audio> element outside the views, through a Web Audio graph that can silence
// either side. element -> splitter -> gain per side -> left and right ear -> speakers.

/** `both`, or the channel (0 or 1) that alone is heard, then in both ears. */
export type Solo = 'both' | 0 | 1;

export type DeckSignal = 'ready' | 'time' | 'playing' | 'paused' | 'ended' | 'failed';

export interface DeckAudio {
  /** Loads a recording without playing it. @param url same-origin: Web Audio silences foreign ones */
  load(url: string, channels: number, startMs: number): void;
  unload(): void;
  /** Must be called from a click or key press the first time: browsers keep sound off until then. */
  play(): Promise<void>;
  pause(): void;
  seek(atMs: number): void;
  setRate(rate: number): void;
  setSolo(solo: Solo): void;
  currentTimeMs(): number;
  /** 0 while unknown. */
  durationMs(): number;
  playing(): boolean;
  /** [level of side 1, level of side 2, strongest tone of side 1 in Hz, of side 2], after the sides' gains. */
  analyser(): number[];
  onSignal(listener: (signal: DeckSignal) => void): () => void;
}

interface Side {
  gain: GainNode;
  toLeft: GainNode;
  toRight: GainNode;
  analyser: AnalyserNode;
}

interface Graph {
  context: AudioContext;
  sides: [Side, Side];
}

// How fast a side fades in and out: fast enough to feel instant, slow enough not to click.
const fadeSeconds = 0.01;

/** @param audio lives as long as the page; @param createContext made at the first play, never before */
export function createDeckAudio(audio: HTMLAudioElement, createContext: () => AudioContext): DeckAudio {
  const listeners = new Set<(signal: DeckSignal) => void>();
  let graph: Graph | null = null;
  let solo: Solo = 'both';
  let channels = 2;
  let rate = 1;
  let pendingSeekMs: number | null = null;

  const tell = (signal: DeckSignal): void => {
    for (const listener of listeners) listener(signal);
  };
  const applyRate = (): void => {
    audio.preservesPitch = true;
    audio.defaultPlaybackRate = rate;
    audio.playbackRate = rate;
  };
  audio.preload = 'metadata';
  audio.addEventListener('loadedmetadata', () => {
    applyRate();
    if (pendingSeekMs !== null) audio.currentTime = pendingSeekMs / 1_000;
    pendingSeekMs = null;
    tell('ready');
  });
  for (const [name, signal] of [
    ['timeupdate', 'time'],
    ['seeked', 'time'],
    ['play', 'playing'],
    ['pause', 'paused'],
    ['ended', 'ended'],
  ] as const) {
    audio.addEventListener(name, () => tell(signal));
  }
  audio.addEventListener('error', () => {
    // Emptying the source fires an error, too; that is not one.
    if (audio.getAttribute('src') !== null) tell('failed');
  });

  return {
    load(url, newChannels, startMs) {
      channels = newChannels;
      pendingSeekMs = startMs > 0 ? startMs : null;
      audio.src = url;
      audio.load();
      applySolo(graph, solo, channels);
    },
    unload() {
      audio.pause();
      audio.removeAttribute('src');
      audio.load();
    },
    async play() {
      graph ??= createGraph(createContext(), audio);
      applySolo(graph, solo, channels);
      if (graph.context.state === 'suspended') await graph.context.resume();
      await audio.play();
    },
    pause: () => audio.pause(),
    seek(atMs) {
      if (audio.readyState === HTMLMediaElement.HAVE_NOTHING) pendingSeekMs = atMs;
      else audio.currentTime = atMs / 1_000;
    },
    setRate(newRate) {
      rate = newRate;
      applyRate();
    },
    setSolo(newSolo) {
      solo = newSolo;
      applySolo(graph, solo, channels);
    },
    currentTimeMs: () => pendingSeekMs ?? audio.currentTime * 1_000,
    durationMs: () => (Number.isFinite(audio.duration) ? audio.duration * 1_000 : 0),
    playing: () => !audio.paused && !audio.ended,
    analyser: () => {
      const context = graph?.context;
      if (graph === null || context === undefined) return [0, 0, 0, 0];
      return [
        ...graph.sides.map(({ analyser }) => level(analyser)),
        ...graph.sides.map(({ analyser }) => strongestTone(analyser, context.sampleRate)),
      ];
    },
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function createGraph(context: AudioContext, audio: HTMLAudioElement): Graph {
  const source = context.createMediaElementSource(audio);
  const splitter = context.createChannelSplitter(2);
  const merger = context.createChannelMerger(2);
  source.connect(splitter);
  merger.connect(context.destination);
  const side = (channel: 0 | 1): Side => {
    const made = {
      gain: context.createGain(),
      toLeft: context.createGain(),
      toRight: context.createGain(),
      analyser: context.createAnalyser(),
    };
    made.analyser.smoothingTimeConstant = 0;
    splitter.connect(made.gain, channel);
    made.gain.connect(made.analyser);
    made.gain.connect(made.toLeft);
    made.gain.connect(made.toRight);
    made.toLeft.connect(merger, 0, 0);
    made.toRight.connect(merger, 0, 1);
    return made;
  };
  return { context, sides: [side(0), side(1)] };
}

function applySolo(graph: Graph | null, solo: Solo, channels: number): void {
  if (graph === null) return;
  const { context, sides } = graph;
  const fade = (node: GainNode, open: boolean): void =>
    void node.gain.setTargetAtTime(open ? 1 : 0, context.currentTime, fadeSeconds);
  sides.forEach((side, channel) => {
    const heard = channels < 2 ? channel === 0 : solo === 'both' || solo === channel;
    // A single voice in one ear is hard to listen to: alone, each side plays to both.
    const alone = channels < 2 || solo !== 'both';
    fade(side.gain, heard);
    fade(side.toLeft, alone || channel === 0);
    fade(side.toRight, alone || channel === 1);
  });
}

function level(analyser: AnalyserNode): number {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

function strongestTone(analyser: AnalyserNode, sampleRate: number): number {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  let strongest = 0;
  bins.forEach((value, bin) => {
    if (value > (bins[strongest] ?? Number.NEGATIVE_INFINITY)) strongest = bin;
  });
  return (strongest * sampleRate) / analyser.fftSize;
}
