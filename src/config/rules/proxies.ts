/** Rules about proxies, and what is reached without one. */
import { aligned } from '../network.ts'
import type { Rule } from './types.ts'

export const exemptionsAreOfAProxy: Rule = ({ proxy }) =>
  proxy.noProxy.length === 0 || proxy.http !== undefined || proxy.https !== undefined
    ? []
    : [
        {
          path: ['proxy', 'noProxy'],
          what: 'proxy.noProxy: there is no proxy to be kept from',
          hint: 'Name one: proxy.https, proxy.http.',
        },
      ]

/** Go takes 192.168.253.0/16 for the whole of 192.168.0.0/16; others match nothing. */
export const exemptNetworksAreAligned: Rule = ({ proxy }) =>
  proxy.noProxy.flatMap((item, index) =>
    !item.includes('/') || aligned(item) === item
      ? []
      : [
          {
            path: ['proxy', 'noProxy', index],
            what: `proxy.noProxy: ${item} has host bits set, so it is not the first address of a network`,
            hint: `Write ${aligned(item)}.`,
          },
        ],
  )

/** An endpoint that differs only by its scheme is nearly always one proxy, which speaks http to its clients for both. */
export const oneProxySpeaksOneWay: Rule = ({ proxy: { http, https } }) => {
  if (http === undefined || https === undefined || !https.startsWith('https:')) return []
  if (new URL(http).host !== new URL(https).host || !http.startsWith('http:')) return []
  return [
    {
      path: ['proxy', 'https'],
      what: `${http} and ${https} are one port, which cannot speak both`,
      hint: `The scheme is that of the proxy itself, not of what is asked for: write ${http} twice.`,
    },
  ]
}
