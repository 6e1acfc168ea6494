// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A program <c>docker-credential-NAME</c> that keeps credentials (docker-credential-helpers): it is asked by <c>get</c>, <c>store</c> and
/// <c>erase</c>, reads from its input and answers in JSON.
/// </summary>
internal sealed class CredentialHelper
{
    private const string Prefix = "docker-credential-";
    private const int MaximumAnswer = 1024 * 1024;
    // What helpers say, in words that are part of their protocol.
    private const string NotFound = "credentials not found in native keychain";
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    private readonly string _program;
    private readonly TimeSpan _patience;

    /// <param name="name">What follows <c>docker-credential-</c>.</param>
    /// <param name="file">The file that names it.</param>
    /// <param name="directories">Where programs are; null for <c>PATH</c>.</param>
    /// <param name="patience">How long it may take: it may ask its user to unlock something.</param>
    public CredentialHelper(string name, string file, IReadOnlyList<string>? directories, TimeSpan patience)
    {
        if (name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new DriftException(ErrorCode.InvalidSetting, $"{file} names a credential helper that is no name of a program.", $"Write what follows {Prefix} in the program's name, without a path.");
        }
        Name = Prefix + name;
        _program = Tool.Find(Name, directories)
            ?? throw new DriftException(ErrorCode.ToolMissing, $"{file} names the credential helper {Name}, which is not installed.", $"Install {Name}, or take it out of that file.");
        _patience = patience;
    }

    public string Name { get; }

    /// <summary>The credential for a key; null for none.</summary>
    public async Task<RegistryCredential?> GetAsync(CredentialKey key, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await RunAsync("get", key.Text, cancellationToken).ConfigureAwait(false);
        if (exitCode != 0) return IsNotFound(output, error) ? null : throw Failed($"gives no credential for {key.Text}", Complaint(exitCode, output, error));
        try
        {
            // The answer holds the secret: it is quoted in no message.
            using var answer = JsonDocument.Parse(output);
            var (name, secret) = (answer.RootElement.GetProperty("Username").GetString(), answer.RootElement.GetProperty("Secret").GetString());
            return string.IsNullOrEmpty(secret) ? null : RegistryCredential.Of(name ?? "", secret, Name);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Failed($"gives no credential for {key.Text}", "its answer is not JSON with ServerURL, Username and Secret");
        }
    }

    public async Task StoreAsync(CredentialKey key, RegistryCredential credential, CancellationToken cancellationToken)
    {
        if (credential.RegistryToken is not null) throw new DriftException(ErrorCode.NotSupported, $"{Name} keeps no registry tokens.", "Log in with a name and a password, or with an identity token.");
        var secret = credential.IdentityToken ?? credential.Password;
        var input = new JsonObject { ["ServerURL"] = key.Text, ["Username"] = credential.IdentityToken is null ? credential.Username : RegistryCredential.TokenName, ["Secret"] = secret };
        var (exitCode, output, error) = await RunAsync("store", input.ToJsonString(), cancellationToken).ConfigureAwait(false);
        if (exitCode == 0) return;
        var complaint = Complaint(exitCode, output, error);
        throw Failed($"does not store the credential for {key.Text}", complaint.Contains(secret, StringComparison.Ordinal) ? $"exit code {exitCode}" : complaint);
    }

    public async Task EraseAsync(CredentialKey key, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await RunAsync("erase", key.Text, cancellationToken).ConfigureAwait(false);
        if (exitCode != 0 && !IsNotFound(output, error)) throw Failed($"does not erase the credential for {key.Text}", Complaint(exitCode, output, error));
    }

    private static bool IsNotFound(string output, string error) => output.Contains(NotFound, StringComparison.Ordinal) || error.Contains(NotFound, StringComparison.Ordinal);

    // Most helpers say on their output what went wrong.
    private static string Complaint(int exitCode, string output, string error) =>
        RegistryAnswer.Printable(new ToolResult(exitCode, "", string.IsNullOrWhiteSpace(error) ? output : error).Complaint);

    private DriftException Failed(string what, string why) =>
        new(ErrorCode.AccessDenied, $"{Name} {what}: {why.TrimEnd('.')}.", $"Run {Name} list to see whether it works, or log in again with drift login.");

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string command, string input, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        using var process = Tool.Start(_program, [command]);
        try
        {
            var output = ReadAsync(process, process.StandardOutput, limit.Token);
            var error = ReadAsync(process, process.StandardError, limit.Token);
            await WriteAsync(process, input, limit.Token).ConfigureAwait(false);
            await Task.WhenAll(output, error).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (Exception e)
        {
            process.Kill(entireProcessTree: true);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested) throw Failed($"did not end after {command}", $"{_patience.TotalSeconds} seconds are over");
            throw;
        }
    }

    private async Task<string> ReadAsync(Process process, StreamReader from, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaximumAnswer + 1];
        var size = await from.BaseStream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (size <= MaximumAnswer) return Encoding.UTF8.GetString(buffer, 0, size);
        // What it says elsewhere would not end either.
        process.Kill(entireProcessTree: true);
        throw Failed("answers without end", "more than 1 MiB came");
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, without reading; its exit code tells whether that was well.
        }
    }
}
