// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Cli;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ArtifactReport))]
[JsonSerializable(typeof(BuildReport))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(DeleteReport))]
[JsonSerializable(typeof(KubernetesDeployReport))]
[JsonSerializable(typeof(VmDeployReport))]
[JsonSerializable(typeof(DiffReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ErrorReport))]
[JsonSerializable(typeof(GcReport))]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(LoginReport))]
[JsonSerializable(typeof(LogoutReport))]
[JsonSerializable(typeof(MachineWrapReport))]
[JsonSerializable(typeof(PasswdReport))]
[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(PruneReport))]
[JsonSerializable(typeof(ReferrersReport))]
[JsonSerializable(typeof(RegistryGcReport))]
[JsonSerializable(typeof(ReleaseReport))]
[JsonSerializable(typeof(ResolveReport))]
[JsonSerializable(typeof(ServeReport))]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(StepLine))]
[JsonSerializable(typeof(TagReport))]
[JsonSerializable(typeof(TagsReport))]
[JsonSerializable(typeof(TransferReport))]
[JsonSerializable(typeof(UpReport))]
[JsonSerializable(typeof(WorkloadsReport))]
[JsonSerializable(typeof(ValidateReport))]
[JsonSerializable(typeof(VmStatusReport))]
internal sealed partial class OutputJsonContext : JsonSerializerContext;
