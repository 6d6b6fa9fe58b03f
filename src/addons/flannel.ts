/** flannel, with our pod network, on the interface that has the node's address. */
import { renderObjects } from '../render/engine.ts'
import type { Addon } from './types.ts'

export const flannel: Addon = {
  id: 'flannel',
  wanted: ({ config }) => config.network.plugin === 'flannel',
  objects: ({ config, images, endpoint }) =>
    renderObjects('addons/flannel.yaml.hbs', {
      netConf: JSON.stringify({
        Network: config.network.podCIDR,
        EnableNFTables: config.network.proxyMode === 'nftables',
        Backend: { Type: 'vxlan' },
      }),
      image: images['flannel'],
      apiHost: endpoint.host,
      apiPort: String(endpoint.port),
    }),
}
