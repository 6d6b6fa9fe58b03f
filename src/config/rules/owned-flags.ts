/** Flags of the control plane that Slipway sets itself: what the rest of the cluster was made to match. */

export type Component = 'apiServer' | 'controllerManager' | 'scheduler' | 'etcd'

/** Why a flag is ours, as the end of a sentence: where to say it instead, or what would break. */
type Owned = readonly { readonly flags: RegExp; readonly instead: string }[]

const certificates = 'Slipway makes these files and keeps them in step.'
const kubeconfigs = 'Slipway makes this kubeconfig and keeps it in step.'

export const ownedFlags: Readonly<Record<Component, Owned>> = {
  apiServer: [
    { flags: /^(advertise-address|bind-address)$/, instead: "It is the host's address." },
    { flags: /^secure-port$/, instead: 'Use controlPlane.endpoint.' },
    { flags: /^service-cluster-ip-range$/, instead: 'Use network.serviceCIDR.' },
    { flags: /^etcd-(servers|cafile|certfile|keyfile)$/, instead: 'etcd is part of the cluster.' },
    {
      flags:
        /^(client-ca-file|tls-(cert-file|private-key-file)|kubelet-client-(certificate|key)|proxy-client-(cert|key)-file|service-account-(key-file|signing-key-file)|requestheader-.*)$/,
      instead: certificates,
    },
    { flags: /^enable-bootstrap-token-auth$/, instead: 'Workers join with bootstrap tokens.' },
    { flags: /^allow-privileged$/, instead: 'kube-proxy and the pod network need it.' },
    {
      flags: /^anonymous-auth$/,
      instead: "The kubelet's probes of the API server and the discovery of joining hosts are anonymous.",
    },
  ],
  controllerManager: [
    { flags: /^cluster-cidr$/, instead: 'Use network.podCIDR.' },
    { flags: /^service-cluster-ip-range$/, instead: 'Use network.serviceCIDR.' },
    { flags: /^((authentication|authorization)-)?kubeconfig$/, instead: kubeconfigs },
    {
      flags:
        /^(client-ca-file|root-ca-file|cluster-signing-(cert|key)-file|service-account-private-key-file|requestheader-client-ca-file)$/,
      instead: certificates,
    },
    { flags: /^use-service-account-credentials$/, instead: 'Controllers have an identity each.' },
  ],
  scheduler: [{ flags: /^((authentication|authorization)-)?kubeconfig$/, instead: kubeconfigs }],
  etcd: [
    { flags: /^data-dir$/, instead: 'Use controlPlane.etcd.dataDir.' },
    { flags: /^name$/, instead: "It is the host's name." },
    {
      flags: /^(initial-.*|advertise-client-urls|listen-(client|peer)-urls)$/,
      instead: "It follows from the hosts' addresses.",
    },
    { flags: /^(peer-)?(cert-file|key-file|trusted-ca-file)$/, instead: certificates },
    { flags: /^(peer-)?client-cert-auth$/, instead: 'Without it etcd is open to everybody.' },
  ],
}

/** Lists of which a part must stay, whatever the user adds. */
export const neededParts: Readonly<Record<string, readonly string[]>> = {
  'apiServer authorization-mode': ['Node', 'RBAC'],
  'apiServer enable-admission-plugins': ['NodeRestriction'],
  'controllerManager controllers': ['bootstrapsigner', 'tokencleaner'],
}
