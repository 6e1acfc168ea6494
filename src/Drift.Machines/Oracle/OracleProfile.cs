// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>A profile of <c>~/.oci/config</c>, as Oracle's own tools read it.</summary>
internal static class OracleProfile
{
    private const int LargestFile = 1 << 20;

    /// <summary>Reads a profile; what it lacks is taken from <c>[DEFAULT]</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The profile.</param>
    /// <param name="home">What <c>~</c> in paths stands for.</param>
    /// <param name="region">A region instead of the profile's.</param>
    /// <exception cref="DriftException">The file, the profile or one of its keys is missing.</exception>
    public static OracleAccess Read(string path, string name, string home, string? region = null)
    {
        var values = Values(ReadFile(path, "profile file"), name) ?? throw new DriftException(ErrorCode.InvalidSetting, $"{path} has no profile {name}.", "Name one of its profiles, or write it with oci setup config.");
        string Need(string key) => values.GetValueOrDefault(key) ?? throw new DriftException(ErrorCode.InvalidSetting, $"The profile {name} in {path} has no {key}.", $"Add {key} to it.");
        string Open(string key) => ReadFile(Need(key) is ['~', .. var rest] ? home + rest : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Need(key)), key);
        var token = values.ContainsKey("security_token_file") ? Open("security_token_file").Trim() : null;
        return new OracleAccess(Need("tenancy"), values.GetValueOrDefault("user"), values.GetValueOrDefault("fingerprint"), Open("key_file"), region ?? Need("region"), token);
    }

    private static Dictionary<string, string>? Values(string text, string name)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var section = "";
        var isThere = false;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] is not ('#' or ';')))
        {
            if (line is ['[', .. var title, ']'])
            {
                section = title.Trim();
                isThere |= section == name;
            }
            else if (line.Split('=', 2) is [var key, var value] && (section == name || section == "DEFAULT"))
            {
                if (section == name) values[key.Trim()] = value.Trim();
                else values.TryAdd(key.Trim(), value.Trim());
            }
        }
        return isThere ? values : null;
    }

    private static string ReadFile(string path, string what)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile ? File.ReadAllText(path) : throw new DriftException(ErrorCode.InvalidSetting, $"{path}, the {what} of Oracle's settings, is too large to be one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"{path}, the {what} of Oracle's settings, cannot be read: {e.Message}", "Name another one, or set the environment variables instead.", e);
        }
    }
}
