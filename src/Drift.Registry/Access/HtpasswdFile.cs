// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// A file of users and their passwords' hashes, as Apache's <c>htpasswd -B</c> writes it: a line of <c>USER:HASH</c> for each. Only bcrypt is
/// accepted, since the other kinds are guessed too fast.
/// </summary>
public static class HtpasswdFile
{
    private const int MaximumSize = 1024 * 1024;
    private const int MaximumNameLength = 255;
    private const int Cost = 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Adds a user, or changes its password. The file is created when missing, for its owner alone to read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="user">The name: without a colon, at most 255 characters.</param>
    /// <param name="password">The password: at most 72 bytes in UTF-8, of which bcrypt takes no more.</param>
    /// <param name="cancellationToken">Ends it before the file is changed.</param>
    /// <returns>Whether the user is new.</returns>
    /// <exception cref="DriftException">
    /// The name or the password cannot be stored (<see cref="ErrorCode.InvalidSetting"/>), or the file is not what it should be, or cannot be
    /// written (<see cref="ErrorCode.FileSystem"/>).
    /// </exception>
    public static async Task<bool> SetAsync(string path, string user, string password, CancellationToken cancellationToken = default)
    {
        if (!IsName(user)) throw new DriftException(ErrorCode.InvalidSetting, "The user's name is empty, too long, begins with #, or holds a colon, a space at an end or a control character.", "Choose another name.");
        if (password.Length == 0 || password.Contains('\0', StringComparison.Ordinal)) throw new DriftException(ErrorCode.InvalidSetting, "The password is empty or holds a NUL.", "Pass it on standard input.");
        if (Encoding.UTF8.GetByteCount(password) > BcryptHash.MaximumPasswordSize) throw new DriftException(ErrorCode.InvalidSetting, $"The password is longer than {BcryptHash.MaximumPasswordSize} bytes, and bcrypt takes no more.", "Choose a shorter password.");
        var lines = ReadLines(path);
        var hash = await Task.Run(() => BcryptHash.Create(password, Cost), cancellationToken).ConfigureAwait(false);
        var isNew = Remove(lines, user) == 0;
        await WriteAsync(path, [.. lines, $"{user}:{hash}"], cancellationToken).ConfigureAwait(false);
        return isNew;
    }

    /// <summary>Takes a user out; false when there is none of this name.</summary>
    /// <exception cref="DriftException">The file is not what it should be, or cannot be written.</exception>
    public static async Task<bool> DeleteAsync(string path, string user, CancellationToken cancellationToken = default)
    {
        var lines = ReadLines(path);
        if (Remove(lines, user) == 0) return false;
        await WriteAsync(path, lines, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads the users and their hashes.</summary>
    /// <exception cref="DriftException">A line is none of a user with a bcrypt hash (<see cref="ErrorCode.InvalidSetting"/>), or the file cannot be read.</exception>
    internal static IReadOnlyDictionary<string, BcryptHash> Read(string path)
    {
        if (!File.Exists(path)) throw new DriftException(ErrorCode.SourceNotFound, $"There is no {path}.", "Make it with drift registry passwd FILE USER, or with htpasswd -B.");
        var users = new Dictionary<string, BcryptHash>(StringComparer.Ordinal);
        foreach (var (line, index) in ReadLines(path).Select((line, index) => (line, index)))
        {
            if (UserOf(line) is not { } user)
            {
                if (line.Length > 0 && line[0] != '#') throw At(path, index, "is not USER:HASH", "Correct the line, or put # before it.");
                continue;
            }
            if (!BcryptHash.TryParse(line[(user.Length + 1)..], out var hash))
                throw At(path, index, $"has no bcrypt hash of a cost from {BcryptHash.MinimumCost} to {BcryptHash.MaximumCost}, and no other kind is accepted", "Set the password anew with drift registry passwd, or with htpasswd -B.");
            if (!users.TryAdd(user, hash)) throw At(path, index, "names a user for the second time", "Keep one of the two.");
        }
        return users;
    }

    // The name is all that is shown of a line: the rest could be a password.
    private static DriftException At(string path, int index, string problem, string hint) => new(ErrorCode.InvalidSetting, $"{path}:{index + 1}: The line {problem}.", hint);

    private static bool IsName(string user) => user.Length is > 0 and <= MaximumNameLength && user[0] != '#' && user.Trim().Length == user.Length && !user.Any(c => c == ':' || char.IsControl(c));

    private static string? UserOf(string line) => line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && IsName(line[..colon]) ? line[..colon] : null;

    private static int Remove(List<string> lines, string user) => lines.RemoveAll(line => UserOf(line) == user);

    private static List<string> ReadLines(string path)
    {
        try
        {
            if (!File.Exists(path)) return [];
            if (new FileInfo(path).Length > MaximumSize) throw new DriftException(ErrorCode.InvalidSetting, $"{path} is larger than {MaximumSize} bytes.", "Name a file of users and hashes.");
            var text = Utf8.GetString(File.ReadAllBytes(path)).TrimEnd();
            return text.Length == 0 ? [] : [.. text.Split('\n').Select(line => line.TrimEnd())];
        }
        catch (ArgumentException e)
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"{path} is not UTF-8.", "Name a file of users and hashes.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{path} cannot be read: {e.Message}", "Let this user read the file.", e);
        }
    }

    private static async Task WriteAsync(string path, IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            // A service that reads it as another user of its group goes on to.
            var mode = OperatingSystem.IsWindows() || !File.Exists(path) ? OwnerOnly : File.GetUnixFileMode(path);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            var file = new FileStream(temporary, options);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Utf8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, mode);
            File.Move(temporary, path, overwrite: true);
            Disk.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e)
        {
            File.Delete(temporary);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new DriftException(ErrorCode.FileSystem, $"{path} cannot be written: {e.Message}", "Name a file in a folder that this user may write to.", e);
        }
    }
}
