/** flannel, with our pod network, on the interface that has the node's address. */
import { configurationHash } from '../render/configuration-hash.ts'
import { render, renderObjects } from '../render/engine.ts'
import { imageOf } from '../render/images.ts'
import type { Addon } from './types.ts'

export const flannel: Addon = {
  id: 'flannel',
  wanted: ({ config }) => config.network.plugin === 'flannel',
  objects: (input) => {
    const { network } = input.config
    const netConf = render('etc/kube-flannel/net-conf.json.hbs', {
      podCIDR: network.podCIDR,
      nftables: network.proxyMode === 'nftables',
    })
    const cniConf = render('etc/cni/net.d/10-flannel.conflist', {})
    return renderObjects('addons/flannel.yaml.hbs', {
      netConf,
      cniConf,
      configurationHash: configurationHash([netConf, cniConf, input.caPem]),
      image: imageOf(input, 'flannel'),
      apiHost: input.endpoint.host,
      apiPort: String(input.endpoint.port),
    })
  },
}
