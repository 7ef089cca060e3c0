// What no schema says: that manifests find each other, and that every pod is guarded and can be stopped in order.

const named = (manifests, kind) => manifests.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
const fits = (selector, labels = {}) => Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);

/** @param {object[]} manifests of one installation; @returns {string[]} */
export function referenceErrors(manifests) {
  const problems = [];
  const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
  const labelsOf = ({ spec }) => spec.template.metadata.labels;
  const demand = (kept, { kind, metadata }, complaint) =>
    kept || problems.push(`${kind} ${metadata.name}: ${complaint}`);
  for (const one of manifests) {
    const selector = one.spec?.selector?.matchLabels ?? one.spec?.podSelector?.matchLabels;
    if (['PodDisruptionBudget', 'NetworkPolicy'].includes(one.kind))
      demand(
        workloads.some((workload) => fits(selector, labelsOf(workload))),
        one,
        'selects no pods',
      );
    if (one.kind === 'Service')
      demand(
        workloads.some((workload) => fits(one.spec.selector, labelsOf(workload))),
        one,
        'selects no pods',
      );
    if (one.kind === 'HorizontalPodAutoscaler')
      demand(
        named(manifests, one.spec.scaleTargetRef.kind).includes(one.spec.scaleTargetRef.name),
        one,
        'scales nothing',
      );
    if (one.kind === 'Deployment') demand(fits(selector, labelsOf(one)), one, 'does not select its own pods');
  }
  for (const workload of workloads) {
    const { spec } = workload.spec.template;
    demand(named(manifests, 'ServiceAccount').includes(spec.serviceAccountName), workload, 'has no service account');
    demand(spec.securityContext?.runAsNonRoot, workload, 'may run as root');
    for (const container of spec.containers) {
      const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = container.securityContext ?? {};
      demand(allowPrivilegeEscalation === false, workload, `${container.name} may gain rights`);
      demand(readOnlyRootFilesystem, workload, `${container.name} may write to its image`);
      demand(capabilities?.drop?.includes('ALL'), workload, `${container.name} has capabilities`);
      demand(
        container.resources?.requests && container.resources.limits?.memory,
        workload,
        `${container.name} is unbounded`,
      );
      for (const { name } of container.volumeMounts ?? [])
        demand(
          spec.volumes?.some((volume) => volume.name === name),
          workload,
          `there is no volume ${name}`,
        );
      const ports = new Set((container.ports ?? []).map(({ name }) => name));
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
        if (container[probe])
          demand(ports.has(container[probe].httpGet.port), workload, `${probe} asks no port of ${container.name}`);
      if (workload.kind === 'Deployment')
        demand(container.livenessProbe && container.startupProbe, workload, 'lacks probes');
    }
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    const isGuarded = budgets.some(({ spec: { selector } }) => fits(selector.matchLabels, labelsOf(workload)));
    if (workload.kind === 'Deployment') demand(isGuarded, workload, 'has no disruption budget');
  }
  return problems;
}
