/**
 * Reads the certificates in a host's files. Takes a Host; gives each with its place, at the cost of one exec channel. What travels is
 * read-host.sh alone, and no private key comes back.
 */
import { HostError } from '../errors.ts'
import type { Host } from '../host/types.ts'
import { shippedText } from '../shipped.ts'
import { readAnswer } from './places.ts'
import type { Found } from './types.ts'

const doing = 'reading the certificates'

const script = (): string => shippedText('src/certs/read-host.sh')

export const readHostCertificates = async (host: Host): Promise<readonly Found[]> => {
  const { code, stdout, stderr } = await host.exec({ command: ['sh', '-s'], input: script(), doing })
  const found = code === 0 ? readAnswer(stdout) : undefined
  if (found) return found
  throw new HostError('the host did not say which certificates it has: its answer was cut off', {
    host: host.name,
    doing,
    exitCode: code,
    output: stderr,
    hint: 'log in there, as the same user, and see whether `sudo ls /etc/kubernetes/pki` answers',
  })
}
