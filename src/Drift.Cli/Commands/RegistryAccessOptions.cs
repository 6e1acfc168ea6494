// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Net;
using Drift.Oci;
using Drift.Registry;

namespace Drift.Cli;

/// <summary>The options of <c>drift registry serve</c> that say who reaches it, and who may do what.</summary>
internal sealed class RegistryAccessOptions
{
    private readonly Option<IPAddress?> _listen = Listen();
    private readonly Option<bool> _open = new("--open") { Description = "Let everyone who reaches the address do everything" };
    private readonly Option<string?> _htpasswd = new("--htpasswd") { Description = "Ask for the name and the password of a user in this file; see drift registry passwd", HelpName = "FILE" };
    private readonly Option<bool> _anonymousRead = new("--anonymous-read") { Description = "Let everyone pull, and the users of --htpasswd do everything" };
    private readonly Option<string?> _rules = new("--rules") { Description = "Who may do what with which repositories, a list in YAML [default: users do everything]", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--tls-certificate") { Description = "Speak TLS with this certificate and its chain (PEM); renewals are noticed", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--tls-key") { Description = "The certificate's private key (PEM)", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_listen, _open, _htpasswd, _anonymousRead, _rules, _certificate, _key]) command.Options.Add(option);
    }

    /// <summary>Puts what the command line says into a registry's options.</summary>
    /// <exception cref="DriftException">Options exclude each other, or more would be let in than was said.</exception>
    public RegistryOptions Apply(RegistryOptions options, ParseResult result, Printer printer)
    {
        var address = result.GetValue(_listen) ?? IPAddress.Loopback;
        var isLocal = IPAddress.IsLoopback(address);
        var passwords = result.GetValue(_htpasswd);
        if (passwords is null && (result.GetValue(_anonymousRead) || result.GetValue(_rules) is not null)) throw new DriftException(ErrorCode.InvalidSetting, "--anonymous-read and --rules say what users may do, and there are none.", "Name the users' file with --htpasswd.");
        if (passwords is not null && result.GetValue(_open)) throw new DriftException(ErrorCode.InvalidSetting, "--open and --htpasswd exclude each other.", "Use --anonymous-read where everyone may pull.");
        if (result.GetValue(_anonymousRead) && result.GetValue(_rules) is not null) throw new DriftException(ErrorCode.InvalidSetting, "--anonymous-read and --rules exclude each other.", "Write a rule for the user anonymous.");
        if (passwords is null && !isLocal && !result.GetValue(_open)) throw new DriftException(ErrorCode.InvalidSetting, $"Everyone who reaches {address} could push and delete.", "Ask for passwords with --htpasswd FILE, or pass --open.");
        var (certificate, key) = (result.GetValue(_certificate), result.GetValue(_key));
        if ((certificate is null) != (key is null)) throw new DriftException(ErrorCode.InvalidSetting, "--tls-certificate and --tls-key go together.", "Name both files; of certbot these are fullchain.pem and privkey.pem.");
        if (passwords is not null && certificate is null && !isLocal) printer.Warning($"passwords and images travel to {address} without encryption; use --tls-certificate, or a proxy that speaks TLS.");
        return options with
        {
            Address = address,
            Certificate = certificate is null ? null : new TlsCertificate(certificate, key!),
            Access = passwords is null ? null : new RegistryAccess
            {
                PasswordFile = passwords,
                Rules = result.GetValue(_rules) is { } rules ? AccessRulesFile.Read(rules) : result.GetValue(_anonymousRead) ? RegistryAccess.AnonymousRead : RegistryAccess.UsersOnly,
            },
        };
    }

    private static Option<IPAddress?> Listen()
    {
        var option = new Option<IPAddress?>("--listen") { Description = "The address to listen on; 0.0.0.0 for all of IPv4, :: for IPv6 too [default: 127.0.0.1]", HelpName = "ADDRESS" };
        option.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            // Parse takes "1" for 0.0.0.1.
            if (IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3)) return address;
            result.AddError($"'{text}' is not an address: --listen takes one such as 192.0.2.7, 0.0.0.0 or ::.");
            return null;
        };
        return option;
    }
}
