import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { cacheDirectory } from './src/constants.ts'

// One project a level of truth: each is run on its own (`npm run test:unit`, …) and in order by `npm test`.
// Unit tests share what they import: nothing of ours has state of its own, and loading it for each file is half of their time.
// Contract tests start programs, slipway among them, and wait for most of their time: there are more of them at once than cores. What
// they start is compiled once, whatever home it is given.
// End-to-end files make lab hosts, each its own: two at a time are what a machine of two cores can bear. Vagrant has to itself what is
// one for the whole machine, the ports that podman opens on it; golden tests open none.
const minutes = (n: number) => n * 60_000

const alone = 'test/e2e/vagrant-hosts.test.ts'

/** They take minutes, from eight to half of one: were a long one begun last, it would run alone while a core has nothing to do. */
const longestFirst = ['interrupted', 'certificates', 'external-ca', 'kubeadm', 'cluster', 'lab']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      longestFirst.findIndex((name) => moduleId.endsWith(`test/e2e/${name}.test.ts`))
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: minutes(1),
          isolate: false,
          // Left to itself, vitest keeps one core free.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          env: { NODE_COMPILE_CACHE: join(cacheDirectory(), 'node') },
          testTimeout: minutes(5),
          hookTimeout: minutes(2),
          expect: { poll: { timeout: minutes(1) } },
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'golden',
          include: ['test/golden/**/*.test.ts'],
          testTimeout: minutes(15),
          hookTimeout: minutes(45),
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [alone],
          testTimeout: minutes(20),
          hookTimeout: minutes(45),
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'vagrant',
          include: [alone],
          testTimeout: minutes(20),
          hookTimeout: minutes(45),
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
