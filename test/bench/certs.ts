/**
 * Certificates, by the clock: issuing those of a large cluster, looking at those of a lab, and replacing every CA of it while a client
 * uses the API ten times a second. Prints seconds, and the longest time that the client had to do without.
 */
import { dirname, join } from 'node:path'
import { createBundle } from '../../src/bundle/create.ts'
import { clusterSchema, type KeyAlgorithm } from '../../src/config/schema.ts'
import type { Lab } from '../../src/lab/types.ts'
import { createAuthorities } from '../../src/pki/authorities.ts'
import { mintClient } from '../../src/pki/client.ts'
import { issueIdentity } from '../../src/pki/identity.ts'
import { columns } from '../../src/report/table.ts'
import { keepUsing, readAndWrite, type Traffic } from '../support/api-traffic.ts'
import { describeGaps } from '../support/gaps.ts'
import { onCluster } from '../support/kubeadm-host.ts'
import { withLab } from '../support/lab.ts'
import { kubectl } from '../support/on-host.ts'
import { slipway } from '../support/slipway.ts'

const numbered = (count: number, prefix: string, role: string, net: string) =>
  Array.from({ length: count }, (_, at) => ({
    name: `${prefix}${at + 1}`,
    address: `${net}.${at + 1}`,
    role,
  }))

const largeCluster = (algorithm: KeyAlgorithm) =>
  clusterSchema.parse({
    apiVersion: 'slipway/v1',
    kind: 'Cluster',
    name: 'large',
    kubernetes: { version: '1.37.1' },
    certificates: { algorithm },
    controlPlane: { endpoint: { host: 'api.example' } },
    hosts: [...numbered(3, 'cp', 'control-plane', '10.0.0'), ...numbered(100, 'w', 'worker', '10.0.1')],
  })

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** CAs, all that control planes have, and a client certificate for every kubelet. */
const issueAll = async (algorithm: KeyAlgorithm): Promise<void> => {
  const config = largeCluster(algorithm)
  const now = new Date()
  const authorities = await createAuthorities(config.certificates, now)
  const existing = new Map(config.hosts.map(({ name }) => [name, {}]))
  await issueIdentity({ config, authorities, existing, now })
  const kubelet = { authorities, organizations: ['system:nodes'], seconds: 86_400, now }
  await Promise.all(
    config.hosts.map(({ name }) => mintClient({ ...kubelet, commonName: `system:node:${name}` })),
  )
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const repeated = async (times: number, work: () => Promise<unknown>): Promise<number> => {
  const seconds: number[] = []
  for (let nth = 0; nth < times; nth++) seconds.push(await secondsOf(work))
  return median(seconds)
}

type Rotated = { readonly seconds: number; readonly traffic: Traffic }

const rotate = async (lab: Lab): Promise<Rotated> => {
  await kubectl(lab, 'create configmap traffic')
  await onCluster(lab, 'kubeconfig')
  const kubeconfig = join(dirname(lab.clusterFile), '.slipway', lab.name, 'kubeconfig')
  const using = keepUsing(readAndWrite(kubeconfig))
  const seconds = await secondsOf(() => onCluster(lab, 'certs', 'rotate-ca', 'all'))
  return { seconds, traffic: await using.stop() }
}

const checkTimes = 5

/** On a lab of three hosts: its certificates looked at, and all that they hang on replaced. */
const inLab = async (lab: Lab) => {
  await onCluster(lab, 'apply')
  const start = await repeated(checkTimes, () => slipway('--version'))
  const check = await repeated(checkTimes, () => onCluster(lab, 'certs', 'check'))
  return { start, check, rotated: await rotate(lab) }
}

export const benchCerts = async ({
  rounds,
  json,
}: {
  readonly rounds: number
  readonly json: boolean
}): Promise<void> => {
  const issue = {
    'ECDSA-P256': await repeated(rounds, () => issueAll('ECDSA-P256')),
    'ECDSA-P384': await repeated(rounds, () => issueAll('ECDSA-P384')),
    'RSA-2048': await repeated(rounds, () => issueAll('RSA-2048')),
  }
  await createBundle({
    kubernetes: '1.37.1',
    arches: ['amd64'],
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const { start, check, rotated } = await withLab({ workers: 2 }, inLab)
  const longestGap = Math.max(0, ...rotated.traffic.gaps.map(({ seconds }) => seconds))
  if (json) {
    process.stdout.write(`${JSON.stringify({ issue, start, check, rotated, longestGap }, undefined, 2)}\n`)
    return
  }
  const rows = [
    ...Object.entries(issue).map(([algorithm, seconds]) => [`PKI of 3+100, ${algorithm}`, seconds] as const),
    ['slipway --version', start] as const,
    ['certs check, three hosts', check] as const,
    ['certs rotate-ca all, three hosts', rotated.seconds] as const,
    ['longest that a client went without', longestGap] as const,
  ].map(([what, seconds]) => [what, seconds.toFixed(2)])
  process.stdout.write(
    `seconds\n${columns(rows, [1])
      .map((line) => `  ${line}`)
      .join('\n')}\n\n${describeGaps('the client', rotated.traffic)}\n`,
  )
}
