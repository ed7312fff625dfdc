// The rules of .oxlintrc.json that hold everywhere, and where they do not. Chosen for mistakes, not for taste:
// oxlint's `correctness` and `suspicious` sets, less what only argues about style here, plus our own.

export const plugins = ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'react', 'vitest'] as const;

export const categories = { correctness: 'error', suspicious: 'error' } as const;

export const ignorePatterns = [
  'node_modules',
  'out',
  'test-results',
  'test/fixtures/**',
  '.contract-check',
] as const;

const off = [
  // Style, or at odds with how this code is written.
  'no-shadow',
  'no-underscore-dangle',
  'unicorn/consistent-function-scoping',
  'unicorn/no-array-sort',
  'unicorn/no-array-reverse',
  'unicorn/prefer-add-event-listener',
  'promise/always-return',
  'promise/no-callback-in-promise',
  'promise/no-promise-in-callback',
  'react/react-in-jsx-scope',
  'typescript/no-unnecessary-type-parameters',
  // Side-effect imports are how styles and fonts arrive; the floors say from where.
  'import/no-unassigned-import',
  // Rows of SQLite are `unknown` and are named by a cast once, beside their query.
  'typescript/no-unsafe-type-assertion',
  // Objects here are made by functions and never use `this`.
  'typescript/unbound-method',
  // A copy of a set is walked when its members may leave meanwhile; data that arrives later is kept in state.
  'unicorn/no-useless-spread',
  'react/set-state-in-effect',
  // `fc.property(...)` is how fast-check is written; a loop may wait for what a callback changes.
  'import/no-named-as-default-member',
  'no-unmodified-loop-condition',
  // Threads have no origin.
  'unicorn/require-post-message-target-origin',
  // Express 5 passes a rejected handler on to the error handler.
  'oxc/no-async-endpoint-handlers',
  // The compiler says both, with less noise.
  'typescript/consistent-return',
  'import/namespace',
];

const on = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-lines': ['error', { max: 300 }],
  'no-alert': 'error',
  'no-console': 'error',
  'no-empty': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-sequences': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'import/no-cycle': ['error', { ignoreTypes: true }],
  'import/no-default-export': 'error',
  'import/no-duplicates': 'error',
  'import/no-mutable-exports': 'error',
  'react/button-has-type': 'error',
  'react/no-danger': 'error',
  'typescript/consistent-type-imports': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-floating-promises': ['error', { ignoreVoid: true }],
  'typescript/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  'typescript/no-non-null-assertion': 'error',
  'typescript/no-require-imports': 'error',
  'typescript/only-throw-error': 'error',
  'typescript/return-await': ['error', 'error-handling-correctness-only'],
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  'unicorn/no-document-cookie': 'error',
  'unicorn/prefer-node-protocol': 'error',
};

export const rules = { ...Object.fromEntries(off.map((name) => [name, 'off'])), ...on };

/** The exceptions that are not about floors. */
export const exceptions = [
  { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  // Standard output belongs to the tools and, for its ready line, to the headless host.
  {
    files: ['tools/**', 'src/main/headless.ts', 'test/bench/**', 'test/e2e/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      // Expectations live in shared suites and in loops over cases, too.
      'vitest/expect-expect': 'off',
      'vitest/no-conditional-expect': 'off',
      'vitest/no-standalone-expect': 'off',
      'vitest/require-mock-type-parameters': 'off',
      'vitest/require-to-throw-message': 'off',
      'vitest/valid-expect': ['error', { maxArgs: 2 }],
      'vitest/valid-title': 'off',
      'typescript/no-non-null-assertion': 'off',
    },
  },
  // Only tests written for vitest are held to its rules.
  {
    files: ['test/e2e/**', 'test/bench/**'],
    rules: {
      'vitest/valid-expect': 'off',
      'vitest/no-conditional-tests': 'off',
      'vitest/no-disabled-tests': 'off',
    },
  },
];
