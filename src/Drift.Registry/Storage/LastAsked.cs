// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>
/// When a file was last asked for by someone who may rely on it, kept as its time of modification. Garbage is only what nobody asked for
/// during the grace, so a blob that a push was just told of stays, whichever server of the folder told it.
/// </summary>
internal static class LastAsked
{
    // Not written for each of many questions: no grace is as short as this.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(10);

    /// <summary>Notes that the file is asked for now; false when it is not there.</summary>
    public static bool Renew(string path)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var file = new FileInfo(path);
        if (!file.Exists) return false;
        if (now - file.LastWriteTimeUtc < Precision) return true;
        try
        {
            File.SetLastWriteTimeUtc(path, now);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whether nobody asked for the file during the grace.</summary>
    public static bool IsOver(string path, TimeSpan grace) => TimeProvider.System.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > grace;
}
