// Which things belong together when all that is known is pairs that do (union-find with path halving).

export interface DisjointSets {
  /** @returns the number of a new node, in a set of its own */
  add(): number;
  /** @returns the node that stands for the set; the same for all of one set */
  rootOf(node: number): number;
  /** @returns the root of what is now one set */
  join(a: number, b: number): number;
}

export function createDisjointSets(): DisjointSets {
  const parents: number[] = [];
  const parentOf = (node: number): number => parents[node] ?? node;
  const rootOf = (node: number): number => {
    let at = node;
    while (parentOf(at) !== at) {
      parents[at] = parentOf(parentOf(at));
      at = parentOf(at);
    }
    return at;
  };
  return {
    rootOf,
    add: () => parents.push(parents.length) - 1,
    join(a, b) {
      const [rootA, rootB] = [rootOf(a), rootOf(b)];
      parents[rootB] = rootA;
      return rootA;
    },
  };
}
