// What a transaction changed. Noted while it runs, told only after its commit.
import type { Changes } from './store.ts';

type Subject = 'call' | 'recording' | 'delivery' | 'refusal' | 'job';

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
  const idsOf = (subject: Subject): Set<string> =>
    new Set(notes.flatMap((note) => (note.subject === subject ? [note.id] : [])));
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
      const merged = notes.flatMap((note) =>
        note.subject === 'merge' ? [{ callId: note.callId, intoCallId: note.intoCallId }] : [],
      );
      const callIds = idsOf('call');
      for (const { callId } of merged) callIds.delete(callId);
      return {
        callIds,
        merged,
        recordingIds: idsOf('recording'),
        deliveryIds: idsOf('delivery'),
        refusalIds: idsOf('refusal'),
        jobIds: idsOf('job'),
        system: notes.some((note) => note.subject === 'system'),
      };
    },
  };
}
