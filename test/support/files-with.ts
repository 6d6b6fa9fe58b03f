/** Which files of a lab host hold a certificate, as it is or inside a kubeconfig. Takes lab, host and the certificate in PEM; gives paths, a line each. */
import type { Lab } from '../../src/lab/types.ts'
import { onHost } from './on-host.ts'

/**
 * What a cluster places, what pods are shown, what people leave. Left out are images and containers, and the history of etcd, which
 * forgets it by itself. A kubeconfig has it in base64, on one line.
 */
const script = `
having() {
  grep -rlF -D skip -- "$1" /etc /home /opt /root /srv /tmp
  grep -rlF -D skip --exclude-dir=containerd --exclude-dir=etcd -- "$1" /run /var
}
{
  having "$line"
  having certificate-authority-data: | while read -r file; do
    sed -n 's/.*certificate-authority-data: *//p' "$file" | tr -d '"' | while read -r data; do
      printf %s "$data" | base64 -d | grep -qF -- "$line" && echo "$file"
    done
  done
} 2>/dev/null | sort -u`

/** The last whole one is of the signature. Those before have names and dates, which CAs that follow each other may share. */
export const ownLine = (certPem: string): string => {
  const line = certPem.split('\n').findLast((text) => /^[\w+/]{64}$/.test(text))
  if (!line) throw new Error(`this is no certificate: ${certPem}`)
  return line
}

export const filesWith = (lab: Lab, host: string, certPem: string): Promise<string> =>
  onHost(lab, host, `line='${ownLine(certPem)}'\n${script}`)
