/**
 * From three bare hosts to DNS answering: Slipway, and a competent script with the same files, one after the other on hosts that
 * are made anew each time. Prints seconds a phase, medians and their ratio.
 */
import { createBundle } from '../../src/bundle/create.ts'
import type { Lab } from '../../src/lab/types.ts'
import { columns } from '../../src/report/table.ts'
import { withLab } from '../support/lab.ts'
import { eventually, onHost } from '../support/on-host.ts'
import { slipway } from '../support/slipway.ts'
import { withScriptFiles } from './run-script.ts'
import { median, secondsSince } from './seconds.ts'

type Phases = readonly (readonly [phase: string, seconds: number])[]
type Round = { readonly phases: Phases; readonly toDns: number; readonly again?: number }

/** Asked on a worker, of the Service's address: the answer needs CoreDNS, kube-proxy and the pod network. */
const dnsAnswers = (lab: Lab): Promise<string> =>
  eventually('DNS', () =>
    onHost(
      lab,
      'w1',
      'crictl exec "$(crictl ps --name kube-flannel -q)" /bin/busybox nslookup kubernetes.default.svc.cluster.local 10.96.0.10',
    ),
  )

const bySlipway = async (lab: Lab): Promise<Round> => {
  const started = Date.now()
  const { code, stdout, stderr } = await slipway('apply', '-c', lab.clusterFile)
  if (code !== 0) throw new Error(stderr)
  await dnsAnswers(lab)
  const toDns = secondsSince(started)
  const table = [...stdout.matchAll(/^ {2}(\S+) +([\d.]+) +\d+ +\d+ *$/gm)]
  const againStarted = Date.now()
  const again = await slipway('apply', '-c', lab.clusterFile)
  if (!again.stdout.includes('Nothing to do'))
    throw new Error(`a second apply changed something\n${again.stderr}`)
  return {
    phases: table.map(([, phase = '', seconds = '']) => [phase, Number(seconds)] as const),
    toDns,
    again: secondsSince(againStarted),
  }
}

const byScript =
  (bundleFile: string) =>
  (lab: Lab): Promise<Round> =>
    withScriptFiles(lab, bundleFile, async (run) => {
      const started = Date.now()
      const said = await run('script.sh', {})
      const dnsStarted = Date.now()
      await dnsAnswers(lab)
      const phases = [...said.matchAll(/^(.+) ([\d.]+)$/gm)].map(
        ([, phase = '', seconds = '']) => [phase, Number(seconds)] as const,
      )
      return { phases: [...phases, ['DNS', secondsSince(dnsStarted)]], toDns: secondsSince(started) }
    })

const report = (name: string, rounds: readonly Round[]): string => {
  const phases = rounds[0]?.phases.map(([phase]) => phase) ?? []
  const rows = [...phases, 'bare hosts to DNS'].map((phase) => [
    phase,
    ...rounds.map(({ phases: all, toDns }) => (all.find(([id]) => id === phase)?.[1] ?? toDns).toFixed(1)),
  ])
  return [
    `${name}, seconds`,
    ...columns(
      rows,
      rounds.map((_, at) => at + 1),
    ).map((line) => `  ${line}`),
  ].join('\n')
}

export const benchInstall = async ({
  rounds,
  json,
}: {
  readonly rounds: number
  readonly json: boolean
}): Promise<void> => {
  const bundle = await createBundle({
    kubernetes: '1.37.1',
    arches: ['amd64'],
    edition: 'plain',
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const results: { slipway: Round[]; script: Round[] } = { slipway: [], script: [] }
  for (let round = 0; round < rounds; round++) {
    results.script.push(await withLab({ workers: 2 }, byScript(bundle)))
    results.slipway.push(await withLab({ workers: 2 }, bySlipway))
  }
  const [ours, theirs] = [results.slipway, results.script].map((all) => median(all.map(({ toDns }) => toDns)))
  const ratio = (ours ?? 0) / (theirs ?? 1)
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...results, ratio }, undefined, 2)}\n`)
    return
  }
  const again = results.slipway.map((round) => round.again?.toFixed(1)).join(', ')
  process.stdout.write(
    `\n${report('script', results.script)}\n\n${report('slipway (phases of hosts overlap)', results.slipway)}\n
a second apply, which changes nothing: ${again} s\n
bare hosts to DNS, medians: slipway ${ours?.toFixed(1)} s, script ${theirs?.toFixed(1)} s, ratio ${ratio.toFixed(2)}\n`,
  )
}
