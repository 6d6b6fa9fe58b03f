/**
 * Whether a server is who it should be. Takes the target, with its known_hosts; gives what ssh2 asks when the server shows its key,
 * and the reason when the answer was no.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HostError } from '../errors.ts'
import { hostKeyAlgorithms, judge, type KnownKey, knownHostsLine, knownKeys } from './known-hosts.ts'
import { keyRefusal, pinFailure } from './ssh-failures.ts'
import type { SshTarget } from './ssh-target.ts'

const readKnown = async (target: SshTarget): Promise<readonly KnownKey[]> => {
  const files = await Promise.all(
    [...new Set(target.knownHostsFiles)].map(async (path) => ({
      path,
      text: await readFile(path, 'utf8').catch(() => ''),
    })),
  )
  return knownKeys(files, target.host, target.port)
}

const pin = async (file: string, line: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await appendFile(file, line, { mode: 0o600 })
}

export type HostKeyGuard = {
  /** Of the kinds that are known, first. */
  readonly algorithms: readonly string[]
  readonly verify: (shown: Buffer, answer: (valid: boolean) => void) => void
  readonly refusal: () => HostError | undefined
}

export const guardHostKey = async (
  target: SshTarget,
  { acceptNew, pinFile }: { readonly acceptNew: boolean; readonly pinFile: string },
): Promise<HostKeyGuard> => {
  const known = await readKnown(target)
  let refusal: HostError | undefined
  const whyNot = async (shown: Buffer): Promise<HostError | undefined> => {
    const verdict = judge(known, shown)
    if (verdict.kind !== 'unknown' || !acceptNew) return keyRefusal(target, verdict)
    await pin(pinFile, knownHostsLine(target.host, target.port, shown))
    return undefined
  }
  return {
    algorithms: hostKeyAlgorithms(known),
    verify: (shown, answer) => {
      const decide = (why: HostError | undefined): void => {
        refusal = why
        answer(why === undefined)
      }
      whyNot(shown).then(decide, (error: unknown) => decide(pinFailure(target, pinFile, error)))
    },
    refusal: () => refusal,
  }
}
