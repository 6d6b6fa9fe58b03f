/** Paths, ports and timeouts, each with its source. Takes nothing; everything may import it. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The one directory for all that can be made again: bundles, host images, Go caches (XDG base directory specification). */
export const cacheDirectory = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway')

/** kubeadm's `timeouts.kubernetesAPICall` (v1beta4): 1 minute. */
export const apiTimeoutMs = 60_000

/** kubeadm's layout (kubeadm.md 1.2): tools and habits rely on these paths. */
export const kubernetesDirectory = '/etc/kubernetes'
export const pkiDirectory = '/etc/kubernetes/pki'
export const manifestsDirectory = '/etc/kubernetes/manifests'
export const kubeletConf = '/etc/kubernetes/kubelet.conf'
export const bootstrapKubeletConf = '/etc/kubernetes/bootstrap-kubelet.conf'
/** Written by the kubelet itself when it has bootstrapped, and again at every rotation. */
export const kubeletClientCertificate = '/var/lib/kubelet/pki/kubelet-client-current.pem'
/** Self-signed, made by a kubelet that starts and finds none; one that has its own asked for at the cluster has none here. */
export const kubeletServingCertificate = '/var/lib/kubelet/pki/kubelet.crt'

/** Which cluster a host was made part of: `name=…` and `caHash=…`. */
export const clusterMarker = '/var/lib/slipway/cluster'

/** On the ConfigMap kubeadm-config: kubeadm calls every cluster `kubernetes`, and a host that joins itself has no cluster file. */
export const clusterNameAnnotation = 'slipway.dev/cluster'

export const apiServerPort = 6443

/** kubeadm's `timeouts` (v1beta4): a control plane and a TLS bootstrap that take longer have failed. */
export const controlPlaneWaitSeconds = 240
export const bootstrapWaitSeconds = 300

/** A worker's own token: long enough for a slow join, short enough to be worthless afterwards (security-and-reliability 4.2). */
export const joinTokenSeconds = 15 * 60

/** ssh2's own default for the handshake. */
export const connectTimeoutMs = 20_000
/** Five seconds, four times unanswered: a dead connection is an error within 30 seconds. Off by default in ssh2. */
export const keepaliveMs = 5_000
export const keepaliveCount = 4
