/** What a host says about itself: gathered in one round trip, read by checks, by the PKI and by phases. Never written to. */
export type HostFacts = {
  readonly host: string
  /** Whom the gathering ran as: 0 when root, directly or through sudo. */
  readonly uid: number
  readonly hostname: string
  readonly machineId: string
  /** Of the (virtual) machine; empty where there is none to see, and in containers, which all show that of their machine. */
  readonly productUuid: string
  readonly os: { readonly id: string; readonly versionId: string; readonly pretty: string }
  readonly arch: 'amd64' | 'arm64' | string
  readonly kernel: string
  readonly cpus: number
  readonly memoryMB: number
  readonly cgroup: 'v1' | 'v2'
  readonly systemd: boolean
  /** Seconds since 1970 by the host's clock, and the workstation's clock at the middle of the round trip. */
  readonly clock: { readonly host: number; readonly workstation: number; readonly roundTrip: number }
  readonly addresses: readonly string[]
  readonly routes: readonly { readonly destination: string; readonly interface: string }[]
  readonly listening: readonly { readonly address: string; readonly port: number }[]
  readonly swaps: readonly string[]
  readonly selinux: 'enforcing' | 'permissive' | 'disabled'
  /** Active or enabled units among those that Slipway cares about. */
  readonly units: Readonly<Record<string, { readonly active: boolean; readonly enabled: boolean }>>
  /** systemd-resolved is active, so the kubelet gets its resolv.conf. */
  readonly resolvedActive: boolean
  /** A process of root's may lower its oom_score_adj (not so in many containers). */
  readonly canLowerOomScore: boolean
  readonly sysctls: Readonly<Record<string, string>>
  /** Kernel configuration where the host shows it (/proc/config.gz, /boot/config-*): CONFIG_… → y, m, n. */
  readonly kernelConfig: Readonly<Record<string, string>>
  /**
   * What works, tried out: overlay, br_netfilter, nftables, vxlan, conntrack; sysctl: kernel settings can be written.
   * A feature that is missing here could not be found out about.
   */
  readonly kernelFeatures: Readonly<Record<string, boolean>>
  readonly cgroupControllers: readonly string[]
  /** Of the commands that are looked for, those that were found: name → path. */
  readonly commands: Readonly<Record<string, string>>
  readonly disks: readonly {
    readonly path: string
    readonly freeMB: number
    readonly totalMB: number
    /** undefined where the file system does not count them (btrfs). */
    readonly freeInodes: number | undefined
  }[]
  /**
   * Proxy variables in the environment of services (the manager's, then the kubelet's), upper case:
   * HTTP_PROXY, HTTPS_PROXY, NO_PROXY, ALL_PROXY. Proxy addresses may hold a password: never shown as they are.
   */
  readonly proxies: Readonly<Record<string, string>>
  /** Node names of the cluster file that this host can resolve: name → address. */
  readonly resolves: Readonly<Record<string, string>>
  /** Existing paths among those that Kubernetes uses; directories say whether they are empty. */
  readonly paths: Readonly<Record<string, 'file' | 'directory' | 'empty-directory'>>
  /** /var/lib/slipway/cluster: the cluster that this host was made part of by Slipway, if any. */
  readonly cluster: { readonly name: string; readonly caHash: string } | undefined
  /** The PKI files and kubeconfigs that stand on the host, by path; of the kubelet's own the certificates only. Secret. */
  readonly identity: Readonly<Record<string, string>>
}
