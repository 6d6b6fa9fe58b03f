/**
 * Kernel settings that forward and filter the pods' traffic. Host preparation sets them, so their values are no problem; that
 * they cannot be set is. kubeadm: FileContent--proc-sys-net-….
 */
import { type Check, everyRole, type Problem } from './types.ts'

const forwardId = 'FileContent--proc-sys-net-ipv4-ip_forward'
const bridgeId = 'FileContent--proc-sys-net-bridge-bridge-nf-call-iptables'

export const fileContent: Check = {
  ids: [forwardId, bridgeId],
  title: 'the kernel settings of the network can be set',
  roles: everyRole,
  run: ({ facts }) => {
    const writable = facts.kernelFeatures['sysctl'] !== false
    const problems: Problem[] = []
    if (facts.sysctls['net.ipv4.ip_forward'] !== '1' && !writable)
      problems.push(readOnly(forwardId, 'net/ipv4/ip_forward'))
    if (facts.kernelFeatures['br_netfilter'] === false) problems.push(noBridgeFilter)
    else if (facts.sysctls['net.bridge.bridge-nf-call-iptables'] !== '1' && !writable) {
      problems.push(readOnly(bridgeId, 'net/bridge/bridge-nf-call-iptables'))
    }
    return problems
  },
}

const readOnly = (id: string, setting: string): Problem => ({
  id,
  severity: 'error',
  message: `/proc/sys/${setting} contents are not set to 1, and /proc/sys cannot be written`,
  remedy: 'a container that is to be a host has to be privileged, with /proc/sys mounted for writing',
})

const noBridgeFilter: Problem = {
  id: bridgeId,
  severity: 'error',
  message:
    'the kernel module br_netfilter is not there: traffic between pods of one host would pass by all Services',
  remedy:
    'run `modprobe br_netfilter` on the host and see what it says; on a slim kernel install linux-modules-extra-$(uname -r)',
}
