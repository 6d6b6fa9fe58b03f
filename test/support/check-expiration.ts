/** What the real kubeadm says of a lab's certificates. Takes a lab whose cp1 has kubeadm. */
import type { Lab } from '../../src/lab/types.ts'
import { onHost } from './on-host.ts'

/** super-admin.conf is on no host, and not missed: break-glass makes one. */
export const checkExpiration = async (lab: Lab): Promise<string> => {
  const table = await onHost(lab, 'cp1', 'kubeadm certs check-expiration')
  return table.replace(/^!MISSING! super-admin\.conf.*$/m, '')
}
