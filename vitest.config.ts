import { defineConfig } from 'vitest/config'

// One project a level of truth: each is run on its own (`npm run test:unit`, …) and in order by `npm test`.
// Unit tests share what they import: nothing of ours has state of its own, and loading it for each file is half of their time.
// End-to-end files make lab hosts, so they run one after the other and may take minutes.
const minutes = (n: number) => n * 60_000

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: minutes(1), isolate: false },
      },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: minutes(2) } },
      {
        test: {
          name: 'golden',
          include: ['test/golden/**/*.test.ts'],
          testTimeout: minutes(10),
          hookTimeout: minutes(30),
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: minutes(10),
          hookTimeout: minutes(45),
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
