import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['.ci/', 'dist*/', 'node_modules/', 'coverage/', '.akashi/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', '*.cjs', 'src/build.js'] } } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      // Adapters keep the promised shape of a port even where they have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // `{}` is the shape of an event part without fields.
      '@typescript-eslint/no-empty-object-type': 'off',
      // Reflection metadata of Nest needs the classes themselves.
      '@typescript-eslint/no-unsafe-declaration-merging': 'off',
    },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // Answers of the HTTP API are looked into member by member.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Faults are put in the place of methods.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
    },
  },
  {
    // What waits while it is being loaded makes all that imports it wait. Programs and threads are imported by nobody.
    files: ['src/**/*.ts', 'projections/**/*.ts'],
    ignores: ['src/cli.ts', 'src/main.ts', '**/*worker.ts'],
    rules: { 'no-restricted-syntax': ['error', { selector: 'AwaitExpression:not(:function *)', message: 'No await where a module is loaded: put it into a function.' }] },
  },
  { files: ['**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
);
