/** What the ports of a lab host serve, told by OpenSSL on the host itself. Takes lab, host and ports; gives fingerprints by port. */
import type { Lab } from '../../src/lab/types.ts'
import { onHost } from './on-host.ts'

export const servedOn = async (
  lab: Lab,
  host: string,
  ports: readonly string[],
): Promise<Readonly<Record<string, string>>> => {
  const script = `for at in ${ports.join(' ')}; do
    printf '%s ' "$at"
    openssl s_client -connect "$at" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256
  done`
  const lines = (await onHost(lab, host, script)).trim().split('\n')
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0] ?? '', line.split('=')[1] ?? '']))
}
