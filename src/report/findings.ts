/** What preflight found, as kubeadm shows it: the id to ignore it by, the host, what is wrong, and what to do. */
import type { Finding } from '../run/events.ts'
import { noPaint, type Paint } from './paint.ts'

export const findingText = (finding: Finding, paint: Paint = noPaint): string => {
  const { id, severity, host, message, remedy, ignored } = finding
  const label = `[${severity === 'error' ? 'ERROR' : 'WARNING'} ${id}]`
  const shown = severity === 'error' ? paint.red(label) : paint.yellow(label)
  return `${shown} ${host}: ${message}${ignored ? ' (ignored)' : ''}\n  ${remedy}`
}
