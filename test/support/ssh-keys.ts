/** Key pairs by OpenSSH's own ssh-keygen, in a directory that goes with the test. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchDirectory } from './scratch.ts'

export type SshKey = {
  readonly file: string
  readonly privateKey: string
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
}

export const sshKey = (type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519', passphrase = ''): SshKey => {
  const file = join(scratchDirectory('key'), `id_${type}`)
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', file])
  return {
    file,
    privateKey: readFileSync(file, 'utf8'),
    publicKey: readFileSync(`${file}.pub`, 'utf8').trim(),
  }
}
