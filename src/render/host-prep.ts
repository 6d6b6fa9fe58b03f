/** The files of host preparation that survive a reboot. */
import { render } from './engine.ts'
import type { FileContent } from './types.ts'

const rows = ['etc/modules-load.d/slipway.conf', 'etc/sysctl.d/90-slipway.conf']

export const hostPrepFiles = (): readonly FileContent[] =>
  rows.map((path) => ({ path: `/${path}`, mode: 0o644, content: render(path, {}) }))
