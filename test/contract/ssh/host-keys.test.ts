/** Whom we talk to: every verdict of known_hosts, with the files that OpenSSH's own tools write. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import type { SshTarget } from '../../../src/host/ssh-target.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type SshKey, sshKey } from '../../support/ssh-keys.ts'
import { knownLine, type Reachable, reachable } from '../../support/ssh-target.ts'

const visit = async (target: SshTarget, pinFile: string, acceptNew: boolean): Promise<string> => {
  try {
    const host = await connectSsh(target, { acceptNew, pinFile })
    await host.close()
    return 'in'
  } catch (error) {
    if (error instanceof HostError) return `${error.message} ${error.failure.hint}`
    throw error
  }
}

const knowing = async (text: (reached: Reachable) => string, acceptNew = false): Promise<string> => {
  const reached = await reachable()
  const file = join(scratchDirectory('known'), 'known_hosts')
  writeFileSync(file, text(reached))
  return visit({ ...reached.target, knownHostsFiles: [file] }, reached.pinFile, acceptNew)
}

const line = ({ server, hostKey }: Reachable, key: SshKey = hostKey): string => knownLine(server.port, key)

const hashed = (text: string): string => {
  const file = join(scratchDirectory('hashed'), 'known_hosts')
  writeFileSync(file, text)
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
  return readFileSync(file, 'utf8')
}

describe('a host is let in', () => {
  test('when its name and port are known', async () => {
    expect(await knowing(line)).toBe('in')
  })

  test('when its name is hashed, as ssh-keygen -H does', async () => {
    const told = await knowing((reached) => {
      const text = hashed(line(reached))
      expect(text).toMatch(/^\|1\|/)
      return text
    })
    expect(told).toBe('in')
  })

  test('when one of several keys of it is the one it shows', async () => {
    expect(await knowing((reached) => line(reached, sshKey('rsa')) + line(reached))).toBe('in')
  })

  test('when it has keys of several kinds and only the weaker one is known', async () => {
    const [ed25519, ecdsa] = [sshKey('ed25519'), sshKey('ecdsa')]
    const reached = await reachable({ hostKeys: [ed25519.privateKey, ecdsa.privateKey] })
    writeFileSync(reached.target.knownHostsFiles[0] ?? '', knownLine(reached.server.port, ecdsa))
    expect(await visit(reached.target, reached.pinFile, false)).toBe('in')
  })
})

describe('a host is refused', () => {
  test('when it is not known, and nothing is pinned', async () => {
    const reached = await reachable()
    const told = await visit({ ...reached.target, knownHostsFiles: [] }, reached.pinFile, false)
    expect(told).toMatch(/is not known.*--accept-new/)
    expect(existsSync(reached.pinFile)).toBe(false)
  })

  test('when only another port of it is known', async () => {
    expect(await knowing(({ hostKey }) => knownLine(22, hostKey))).toContain('is not known')
  })

  test.each([false, true])(
    'when its key is another than the known one; accepting new ones: %s',
    async (acceptNew) => {
      const told = await knowing((reached) => line(reached, sshKey()), acceptNew)
      expect(told).toMatch(/is not the one that is known \(.*known_hosts:1\)/)
    },
  )

  test.each([false, true])('when its key is revoked; accepting new ones: %s', async (acceptNew) => {
    const told = await knowing(
      (reached) => `@revoked * ${reached.hostKey.publicKey}\n${line(reached)}`,
      acceptNew,
    )
    expect(told).toContain('is revoked')
  })
})

describe('--accept-new', () => {
  test('pins the key where only we can read it, and the next run knows it without', async () => {
    const reached = await reachable()
    const target = { ...reached.target, knownHostsFiles: [reached.pinFile] }
    expect(await visit(target, reached.pinFile, true)).toBe('in')
    expect(readFileSync(reached.pinFile, 'utf8')).toBe(line(reached))
    expect(statSync(reached.pinFile).mode & 0o777).toBe(0o600)
    expect(await visit(target, reached.pinFile, false)).toBe('in')
    expect(readFileSync(reached.pinFile, 'utf8')).toBe(line(reached))
  })

  test('that cannot be written down is told as that: nothing is accepted that would not be known again', async () => {
    const reached = await reachable()
    const notFolder = join(scratchDirectory('pins'), 'file')
    writeFileSync(notFolder, '')
    const pinFile = join(notFolder, 'known_hosts')
    const told = await visit({ ...reached.target, knownHostsFiles: [] }, pinFile, true)
    expect(told).toMatch(/the host key of w1 .* cannot be pinned/)
    expect(told).toContain(`see to it that you may write ${pinFile}`)
    expect(reached.server.logins).toEqual([])
  })
})
