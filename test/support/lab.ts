/**
 * A lab for an end-to-end file: hosts of its own, under a name that no other run has, taken away at the end whatever happens.
 * Takes how many hosts; gives a function that returns the lab. Where the machine cannot make lab hosts the tests fail with the
 * reason: nothing is passed over in silence.
 *
 *   const lab = useLab({ workers: 2 })
 *   test('…', async () => { const { clusterFile, hosts } = lab() … })
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { labDown, labUp } from '../../src/lab/lab.ts'
import type { Lab, LabHost } from '../../src/lab/types.ts'

export type LabShape = {
  readonly controlPlanes?: number
  readonly workers?: number
  readonly kubernetes?: string
}

/** `e2e-3f9a1c`: short, because node names and container names are made from it. */
export const uniqueLabName = (prefix = 'e2e'): string => `${prefix}-${randomBytes(3).toString('hex')}`

export const useLab = (shape: LabShape = {}): (() => Lab) => {
  const name = uniqueLabName()
  const made: { lab?: Lab } = {}
  beforeAll(async () => {
    made.lab = await labUp({ kubernetes: '1.37.1', ...shape, name }, progress)
  })
  // Also when beforeAll failed half-way: what it made by then has to go.
  afterAll(() => labDown(name))
  return () => {
    if (made.lab === undefined)
      throw new Error('the lab is there once the tests run, not while they are collected')
    return made.lab
  }
}

/** The same for a script, such as a bench: the lab lives as long as the function runs. */
export const withLab = async <T>(shape: LabShape, body: (lab: Lab) => Promise<T>): Promise<T> => {
  const name = uniqueLabName('bench')
  try {
    return await body(await labUp({ kubernetes: '1.37.1', ...shape, name }, progress))
  } finally {
    await labDown(name)
  }
}

/** OpenSSH's own client, so that what a test finds on a host does not depend on the code under test. */
export const sshArguments = (lab: Lab, host: LabHost, user = 'root'): readonly string[] => [
  'ssh',
  ...['-F', 'none', '-i', lab.identityFile],
  ...['-o', `UserKnownHostsFile=${lab.knownHostsFile}`],
  ...['-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes'],
  // What OpenSSH prefers takes a tenth of a second of a core, and tests log in hundreds of times.
  ...['-o', 'KexAlgorithms=curve25519-sha256'],
  `${user}@${host.address}`,
]

export const findHost = (lab: Lab, name: string): LabHost => {
  const host = lab.hosts.find((candidate) => candidate.name === name)
  if (host === undefined)
    throw new Error(`the lab has no host ${name}: ${lab.hosts.map((h) => h.name).join(', ')}`)
  return host
}

const progress = (line: string): void => {
  process.stderr.write(`lab: ${line}\n`)
}
