// Who may do something that only a few may do at once; the others wait in the order in which they came.

export interface Turns {
  /**
   * Waits for a turn.
   * @param signal gives the place in the queue up; the promise then never resolves with a turn
   * @returns a function that ends the turn (any number of calls count once); null when it was given up
   */
  take(signal: AbortSignal): Promise<(() => void) | null>;
}

/** @param atOnce how many turns there are at the same time */
export function createTurns(atOnce: number): Turns {
  const waiting = new Set<() => void>();
  let free = atOnce;

  const begin = (): (() => void) => {
    free -= 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      free += 1;
      const [next] = waiting;
      next?.();
    };
  };

  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(null);
      if (free > 0) return Promise.resolve(begin());
      return new Promise((resolve) => {
        const leave = (): void => {
          waiting.delete(enter);
          resolve(null);
        };
        const enter = (): void => {
          waiting.delete(enter);
          signal.removeEventListener('abort', leave);
          resolve(begin());
        };
        waiting.add(enter);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
