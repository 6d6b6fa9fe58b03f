/** The API server answers, and says of every part of itself that it is ready. */
import type { Watched } from './types.ts'

export const apiServerReady: Watched = {
  id: 'api-server-ready',
  look: async (api) => {
    await (await api()).text('/readyz')
    return { met: true }
  },
  hint: 'on that host, `journalctl -u kubelet -n 50` and `crictl ps -a` say which static pod does not start, `crictl logs ID` why',
}
