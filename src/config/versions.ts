/** The Kubernetes versions that this release installs: those of bundle/catalog.yaml, which a test compares. */
export const kubernetesVersions: readonly string[] = ['1.37.1']
