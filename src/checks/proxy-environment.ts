/** Proxies that a host's services have been told, beside those of the cluster file, which containerd and the control plane use. */
import { shownProxy } from './network/shown-proxy.ts'
import { type Check, everyRole } from './types.ts'

const bare = (address: string): string => address.replace(/\/$/, '')

export const proxyEnvironment: Check = {
  ids: ['ProxyEnvironment'],
  title: "the host's services have been told no other proxy than the cluster file names",
  roles: everyRole,
  run: ({ facts, config }) =>
    (['http', 'https'] as const).flatMap((scheme) => {
      const told = facts.proxies[`${scheme.toUpperCase()}_PROXY`]
      const named = config.proxy[scheme]
      if (told === undefined || (named !== undefined && bare(named) === bare(told))) return []
      const shown = shownProxy(told)
      const services = `the host's services have been told the proxy ${shown} for ${scheme}`
      return [
        {
          severity: 'warning',
          message:
            named === undefined
              ? `${services}, which containerd would use as well; the cluster file names none`
              : `${services}; containerd and the control plane will use ${named}`,
          remedy:
            named === undefined
              ? `in the cluster file, proxy: { ${scheme}: ${shown} } gives it to the control plane too, with a NO_PROXY that is right`
              : `say the same in both: proxy.${scheme} in the cluster file, or \`systemctl show-environment\` on the host`,
        },
      ]
    }),
}
