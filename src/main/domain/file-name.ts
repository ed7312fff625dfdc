// Names of files on disk: made of our own ids only, so that a folder listing tells nothing about anybody.

const idCharacter = '[0-9a-hjkmnp-tv-z]';
const fileNamePattern = new RegExp(`^(${idCharacter}{2})/rec_\\1${idCharacter}{24}\\.(?:wav|mp3|peaks)$`);

export type FileExtension = 'wav' | 'mp3' | 'peaks';

/**
 * The name of a recording's file inside the recordings folder.
 * @param recordingId ours, `rec_` and 26 characters
 * @returns e.g. `7k/rec_7k….wav`: the first two characters spread the files over 1,024 folders
 */
export function fileNameOf(recordingId: string, extension: FileExtension): string {
  return `${recordingId.slice(4, 6)}/${recordingId}.${extension}`;
}

/** True for names that fileNameOf makes and nothing else; the one lock against paths that lead elsewhere. */
export function isFileName(name: string): boolean {
  return fileNamePattern.test(name);
}
