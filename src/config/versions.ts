/** The Kubernetes versions that this release installs: those of bundle/catalog.yaml, which a test compares. Newest first. */
export const kubernetesVersions: readonly string[] = ['1.37.1', '1.36.4']
