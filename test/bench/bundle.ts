/**
 * Bundles of both editions: their size, how fast one that is unchanged is made again, how fast one is on three bare hosts beside others
 * who bring what is in it, what the pusher needs of memory, what a whole install takes, and what the running components do. One after
 * the other, on hosts that are made anew each time.
 */
import { stat } from 'node:fs/promises'
import { type BuiltEdition as Edition, editions } from '../../src/bundle/contents.ts'
import { createBundle } from '../../src/bundle/create.ts'
import { machineArch } from '../../src/bundle/sources/machine-arch.ts'
import type { Lab } from '../../src/lab/types.ts'
import { columns } from '../../src/report/table.ts'
import { withLab } from '../support/lab.ts'
import { onHost } from '../support/on-host.ts'
import { startSlipway } from '../support/slipway.ts'
import { mostMemory } from './memory.ts'
import { byHand, byScript } from './push-by-others.ts'
import { median, secondsSince } from './seconds.ts'

/** All that has to be there before a component can be started. */
const pushPhases = ['host-prep', 'runtime', 'images']

const make = (edition: Edition): Promise<string> =>
  createBundle({
    kubernetes: '1.37.1',
    arches: [machineArch],
    edition,
    say: (line) => process.stderr.write(`${line}\n`),
  })

type Timed = { readonly seconds: number; readonly megabytes: number }

const timed = async (...args: readonly string[]): Promise<Timed> => {
  const started = Date.now()
  const { child, ended } = startSlipway(...args)
  const [{ code, stderr }, megabytes] = await Promise.all([ended, mostMemory(child)])
  if (code !== 0) throw new Error(stderr)
  return { seconds: secondsSince(started), megabytes }
}

const kubernetes = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet']

/** PSS: pages that several processes share are counted once among them (proc_pid_smaps_rollup(5)). */
const sharedMemory = async (lab: Lab): Promise<number> => {
  const each = `for p in $(pidof ${kubernetes.join(' ')}); do sed -n 's/^Pss: *//p' /proc/$p/smaps_rollup; done`
  const said = await onHost(lab, 'cp1', each)
  return said.split('\n').reduce((sum, line) => sum + Number.parseInt(line || '0', 10), 0) / 1000
}

type Figures = {
  readonly push: number
  readonly again: number
  readonly memory: number
  readonly toReady: number
  readonly pss: number
}

const byEdition =
  (bundle: string) =>
  async (lab: Lab): Promise<Figures> => {
    const cluster = ['-c', lab.clusterFile, '--bundle', bundle]
    const push = await timed('phase', 'run', ...pushPhases, ...cluster)
    const again = await timed('phase', 'run', ...pushPhases, ...cluster)
    const rest = await timed('apply', ...cluster)
    return {
      push: push.seconds,
      again: again.seconds,
      memory: push.megabytes,
      toReady: push.seconds + rest.seconds,
      pss: await sharedMemory(lab),
    }
  }

const unchanged = async (edition: Edition): Promise<number> => {
  const started = Date.now()
  await make(edition)
  return secondsSince(started)
}

const row = (what: string, each: (edition: Edition) => string): readonly string[] => [
  what,
  ...editions.map(each),
]

export const benchBundle = async ({
  rounds,
  json,
}: {
  readonly rounds: number
  readonly json: boolean
}): Promise<void> => {
  const files: Record<Edition, string> = { single: await make('single'), plain: await make('plain') }
  const figures: Record<Edition, Figures[]> = { single: [], plain: [] }
  const script: number[] = []
  const scp: number[] = []
  for (let round = 0; round < rounds; round++) {
    script.push(await withLab({ workers: 2 }, byScript(files.plain)))
    scp.push(await withLab({ workers: 2 }, byHand(files.plain)))
    for (const edition of editions)
      figures[edition].push(await withLab({ workers: 2 }, byEdition(files[edition])))
  }
  const sizes = { single: await stat(files.single), plain: await stat(files.plain) }
  const times = { single: await unchanged('single'), plain: await unchanged('plain') }
  const of = (edition: Edition, key: keyof Figures): number =>
    median(figures[edition].map((each) => each[key]))
  const [tuned, copied] = [median(script), median(scp)]
  if (json) {
    process.stdout.write(`${JSON.stringify({ sizes, times, figures, script, scp }, undefined, 2)}\n`)
    return
  }
  const table = columns(
    [
      ['', ...editions],
      row('bundle, MB', (edition) => (sizes[edition].size / 1e6).toFixed(1)),
      row('made again, unchanged, s', (edition) => times[edition].toFixed(2)),
      row('on three bare hosts, imported, s', (edition) => of(edition, 'push').toFixed(1)),
      row('beside scp and ctr images import', (edition) => (of(edition, 'push') / copied).toFixed(2)),
      row('beside the script', (edition) => (of(edition, 'push') / tuned).toFixed(2)),
      row('pushed again, s', (edition) => of(edition, 'again').toFixed(1)),
      row('memory while pushing, MB', (edition) => of(edition, 'memory').toFixed(0)),
      row('bare hosts to Ready, in two runs, s', (edition) => of(edition, 'toReady').toFixed(1)),
      row('PSS of the components on cp1, MB', (edition) => of(edition, 'pss').toFixed(0)),
    ],
    [1, 2],
  )
  process.stdout.write(
    `\n${table.join('\n')}\n\nwhat the plain edition holds, by scp and ctr images import: ${copied.toFixed(1)} s, by the script: ${tuned.toFixed(1)} s\n`,
  )
}
