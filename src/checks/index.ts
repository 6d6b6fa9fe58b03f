/** Every preflight check, in the order that findings are shown in. A new check is a file and a row here. */
import { architecture } from './architecture.ts'
import { clockSkew } from './clock-skew.ts'
import { cri } from './cri.ts'
import { defaultRoute } from './default-route.ts'
import { dirAvailable } from './dir-available.ts'
import { diskSpace } from './disk-space.ts'
import { fileAvailable } from './file-available.ts'
import { fileContent } from './file-content.ts'
import { fileExisting } from './file-existing.ts'
import { firewall } from './firewall.ts'
import { foreignCluster } from './foreign-cluster.ts'
import { hostname } from './hostname.ts'
import { httpProxy } from './http-proxy.ts'
import { httpProxyCidr } from './http-proxy-cidr.ts'
import { kubeletVersion } from './kubelet-version.ts'
import { mem } from './mem.ts'
import { nodeAddress } from './node-address.ts'
import { numCpu } from './num-cpu.ts'
import { ports } from './ports.ts'
import { privilegedUser } from './privileged-user.ts'
import { proxyEnvironment } from './proxy-environment.ts'
import { routeOverlap } from './route-overlap.ts'
import { selinux } from './selinux.ts'
import { serviceKubelet } from './service-kubelet.ts'
import { swap } from './swap.ts'
import { systemVerification } from './system-verification.ts'
import { systemd } from './systemd.ts'
import type { Check } from './types.ts'
import { uniqueHostname } from './unique-hostname.ts'
import { uniqueMachineId } from './unique-machine-id.ts'
import { uniqueProductUuid } from './unique-product-uuid.ts'

export const checks: readonly Check[] = [
  privilegedUser,
  architecture,
  systemd,
  numCpu,
  mem,
  systemVerification,
  fileExisting,
  fileContent,
  diskSpace,
  foreignCluster,
  kubeletVersion,
  serviceKubelet,
  cri,
  ports,
  fileAvailable,
  dirAvailable,
  nodeAddress,
  routeOverlap,
  defaultRoute,
  hostname,
  uniqueHostname,
  uniqueMachineId,
  uniqueProductUuid,
  clockSkew,
  swap,
  selinux,
  firewall,
  httpProxy,
  httpProxyCidr,
  proxyEnvironment,
]

/** What `--ignore` and `preflight.ignore` may name, besides `all`. */
export const checkIds = (): readonly string[] => checks.flatMap(({ ids }) => ids)
