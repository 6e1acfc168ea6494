// SPDX-License-Identifier: Apache-2.0

using Drift.Machines;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Who speaks to clouds, as options, the environment and the configuration files of their own tools say.</summary>
internal static class CloudSettings
{
    /// <summary>Opens Oracle's cloud: with a profile of <c>~/.oci/config</c> when one is named, else with variables that begin so, else with its default profile.</summary>
    /// <param name="host">The environment.</param>
    /// <param name="prefix">What the variables begin with, for example <c>BUILD_OCI_</c>.</param>
    /// <param name="profile">The profile; null when none is named.</param>
    /// <exception cref="DriftException">Something is missing; the message says what.</exception>
    public static OracleClient Oracle(CliHost host, string prefix, string? profile)
    {
        var address = host.Variable("DRIFT_ORACLE_URL") ?? OracleClient.DefaultAddresses;
        string[] names = ["TENANCY_OCID", "USER_OCID", "FINGERPRINT", "API_PRIVATE_KEY", "REGION"];
        var values = names.Select(name => host.Variable(prefix + name)).ToArray();
        if (profile is null && values.Any(value => value is not null))
        {
            var missing = names.Where((_, i) => values[i] is null).Select(name => prefix + name).ToArray();
            if (missing.Length > 0) throw new DriftException(ErrorCode.InvalidSetting, $"{string.Join(" and ", missing)} {(missing.Length > 1 ? "are" : "is")} not set, and other variables of the kind are.", "Set all five, or none and name a profile of ~/.oci/config.");
            return new OracleClient(new OracleAccess(values[0]!, values[1], values[2], values[3]!, values[4]!), address);
        }
        var home = host.Variable("HOME") ?? "";
        var file = host.Variable("OCI_CLI_CONFIG_FILE") ?? Path.Combine(home, ".oci", "config");
        if (!File.Exists(file)) throw new DriftException(ErrorCode.InvalidSetting, $"It is not said who speaks to Oracle: {prefix}TENANCY_OCID is not set, and there is no {file}.", $"Set {string.Join(", ", names.Select(name => prefix + name))}, or write that file with oci setup config.");
        return new OracleClient(OracleProfile.Read(file, profile ?? host.Variable("OCI_CLI_PROFILE") ?? "DEFAULT", home, host.Variable(prefix + "REGION")), address);
    }

    /// <summary>Opens AWS with the variables that its own tools take.</summary>
    /// <exception cref="DriftException">One of them is missing.</exception>
    public static AwsClient Aws(CliHost host)
    {
        string Need(string name, string? other = null) => host.Variable(name) ?? (other is null ? null : host.Variable(other)) ?? throw new DriftException(ErrorCode.AccessDenied, $"{name} is not set.", "Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and AWS_SESSION_TOKEN with temporary credentials.");
        return new AwsClient(new AwsAccess(Need("AWS_ACCESS_KEY_ID"), Need("AWS_SECRET_ACCESS_KEY"), Need("AWS_REGION", "AWS_DEFAULT_REGION"), host.Variable("AWS_SESSION_TOKEN")), host.Variable("AWS_ENDPOINT_URL"));
    }
}
