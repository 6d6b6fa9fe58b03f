/**
 * Keys with a passphrase that a login will need. Takes the targets; gives the files for which somebody should be asked, and opens one.
 * Only where nothing else could let us in: whoever has the key in the agent, or another one, is not to be bothered.
 */
import { readFile } from 'node:fs/promises'
import ssh2, { type ParsedKey } from 'ssh2'
import { UserError } from '../errors.ts'
import { readCredentials } from './credentials.ts'
import type { SshTarget } from './ssh-target.ts'

/** None where it cannot be reached: it may be that of a session that is over. */
const agentKeys = (socket: string | undefined): Promise<number> =>
  new Promise((resolve) => {
    if (socket === undefined) return resolve(0)
    ssh2.createAgent(socket).getIdentities((error, keys) => resolve(error ? 0 : (keys?.length ?? 0)))
  })

const neededBy = async (target: SshTarget): Promise<readonly string[]> => {
  const { keys, locked, password } = await readCredentials(target)
  const [first] = locked
  if (first === undefined || keys.length > 0 || password !== undefined) return []
  return (await agentKeys(target.agentSocket)) > 0 ? [] : [first]
}

const wayTo = (target: SshTarget): readonly SshTarget[] => [
  ...(target.bastion ? wayTo(target.bastion) : []),
  target,
]

export const lockedKeys = async (targets: readonly SshTarget[]): Promise<readonly string[]> => {
  // Of three hundred hosts that are alike one is asked about.
  const alike = new Map(
    targets.flatMap(wayTo).map((each) => {
      const { identityFiles, passwordFile, agentSocket } = each
      return [JSON.stringify([identityFiles, passwordFile, agentSocket]), each]
    }),
  )
  return [...new Set((await Promise.all([...alike.values()].map(neededBy))).flat())]
}

export const openKey = async (file: string, passphrase: string): Promise<ParsedKey> => {
  const key = ssh2.utils.parseKey(await readFile(file), passphrase)
  if (key instanceof Error)
    throw new UserError(`that is not the passphrase of ${file}`, {
      hint: 'run it again; nothing was touched',
    })
  return key
}
