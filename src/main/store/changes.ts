// What a transaction changed. Noted while it runs, told only after its commit.
import type { Changes } from './store.ts';

type Subject = 'call' | 'recording' | 'delivery' | 'refusal' | 'job' | 'run';

/** Grows as rows are written. A unit of work that is rolled back takes its notes with it. */
export interface ChangeLog {
  note(subject: Subject, id: string): void;
  noteMerge(callId: string, intoCallId: string): void;
  noteSystem(): void;
  /** @returns a position for `rollBackTo` */
  mark(): number;
  rollBackTo(mark: number): void;
  /** @returns null when nothing changed */
  changes(): Changes | null;
}

type Note =
  | { subject: Subject; id: string }
  | { subject: 'merge'; callId: string; intoCallId: string }
  | { subject: 'system' };

export function createChangeLog(): ChangeLog {
  const notes: Note[] = [];
  return {
    note: (subject, id) => void notes.push({ subject, id }),
    noteMerge: (callId, intoCallId) => void notes.push({ subject: 'merge', callId, intoCallId }),
    noteSystem: () => void notes.push({ subject: 'system' }),
    mark: () => notes.length,
    rollBackTo(mark) {
      notes.length = mark;
    },
    changes() {
      if (notes.length === 0) return null;
      const ids: Record<Subject, Set<string>> = {
        call: new Set(),
        recording: new Set(),
        delivery: new Set(),
        refusal: new Set(),
        job: new Set(),
        run: new Set(),
      };
      const merged: { callId: string; intoCallId: string }[] = [];
      let system = false;
      for (const note of notes) {
        if (note.subject === 'merge') merged.push({ callId: note.callId, intoCallId: note.intoCallId });
        else if (note.subject === 'system') system = true;
        else ids[note.subject].add(note.id);
      }
      for (const { callId } of merged) ids.call.delete(callId);
      return {
        callIds: ids.call,
        merged,
        recordingIds: ids.recording,
        deliveryIds: ids.delivery,
        refusalIds: ids.refusal,
        jobIds: ids.job,
        runIds: ids.run,
        system,
      };
    },
  };
}
