/** CoreDNS at the tenth address of the service network. */
import { serviceAddress } from '../render/addresses.ts'
import { renderObjects } from '../render/engine.ts'
import type { Addon } from './types.ts'

export const coredns: Addon = {
  id: 'coredns',
  wanted: () => true,
  objects: ({ config, images }) =>
    renderObjects('addons/coredns.yaml.hbs', {
      dnsDomain: config.network.dnsDomain,
      clusterIP: serviceAddress(config.network.serviceCIDR, 10),
      replicas: config.addons.coredns.replicas,
      image: images['coredns'],
    }),
}
