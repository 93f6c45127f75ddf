using System.Net;
using System.Net.Sockets;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Ledger;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>The machine is not as the bot needs it: the message says what is in the way and what to do.</summary>
internal sealed class SurroundingsException(string message, Exception cause) : Exception(message, cause);

/// <summary>
/// Looks at the data folder and the port before any part uses them, since one that fails in the middle takes running ones down with it and
/// each of them would complain. What gets in the way between this look and the start still ends the bot, in other words.
/// </summary>
internal static class Surroundings
{
    /// <exception cref="SurroundingsException">The data folder cannot be used.</exception>
    public static void ThrowIfFolderIsNotOurs(IServiceProvider services) =>
        CheckFolder(services.GetRequiredService<IOptions<StorageOptions>>().Value,
            services.GetRequiredService<IHostEnvironment>().ContentRootPath);

    /// <exception cref="SurroundingsException">An address cannot be listened on.</exception>
    public static void ThrowIfPortIsTaken(IServiceProvider services)
    {
        foreach (var address in TeamsStartupCheck.ListenAddresses(
            services.GetRequiredService<IServer>(), services.GetRequiredService<IConfiguration>()))
            CheckAddress(address);
    }

    /// <param name="contentRoot">What a relative path begins at.</param>
    internal static void CheckFolder(StorageOptions storage, string contentRoot)
    {
        if (storage.Provider != StorageProvider.Sqlite)
            return;
        var folder = Path.GetFullPath(storage.Path, contentRoot);
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, $".write-{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            throw new SurroundingsException(
                $"The data folder {folder} cannot be written by the account '{Environment.UserName}': give that account the right to, or "
                + $"set Storage:Path to another folder.", cannot);
        }
    }

    /// <exception cref="SurroundingsException">No server could listen on it.</exception>
    internal static void CheckSpelling(string address)
    {
        try
        {
            var binding = BindingAddress.Parse(address);
            // What is no port number counts as part of the host there.
            var isPlace = binding.Port is >= 0 and <= IPEndPoint.MaxPort
                && (binding.Host.StartsWith('[') || !binding.Host.Contains(':', StringComparison.Ordinal));
            if (!binding.IsUnixPipe && !binding.IsNamedPipe && !isPlace)
                throw new FormatException("there is no such port");
        }
        catch (FormatException cannot)
        {
            throw new SurroundingsException(
                $"'{address}' is no address to listen on: set --urls (or ASPNETCORE_URLS) to one as in http://localhost:3978, with a port "
                + "up to 65535.", cannot);
        }
    }

    internal static void CheckAddress(string address)
    {
        CheckSpelling(address);
        if (BindingAddress.Parse(address) is not { IsUnixPipe: false, IsNamedPipe: false, Port: > 0 } binding)
            return;
        foreach (var place in GetPlaces(binding.Host))
        {
            try
            {
                using var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(place, binding.Port));
                socket.Listen(1);
            }
            catch (SocketException cannot)
            {
                if (GetReason(binding, cannot.SocketErrorCode) is { } why)
                    throw new SurroundingsException(why, cannot);
            }
        }
    }

    private static string? GetReason(BindingAddress binding, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"Port {binding.Port} on {binding.Host} is in use, perhaps by a bot that runs already: stop that one, or choose another "
            + $"port, as with --urls http://localhost:{Next(binding.Port)}.",
        SocketError.AccessDenied =>
            $"The account '{Environment.UserName}' may not listen on port {binding.Port}: choose one above 1023, as with --urls "
            + $"http://localhost:3978, and let a proxy pass on to it.",
        SocketError.AddressNotAvailable when IPAddress.TryParse(binding.Host.Trim('[', ']'), out _) =>
            $"{binding.Host} is no address of this machine: set --urls (or ASPNETCORE_URLS) to one that is, as in "
            + $"http://localhost:{binding.Port}.",
        _ => null, // no IPv6 on this machine, say: the server knows better what to do without it
    };

    private static int Next(int port) => port < IPEndPoint.MaxPort ? port + 1 : 3978;

    /// <summary>As Kestrel understands a host: a name other than localhost is every address.</summary>
    private static IPAddress[] GetPlaces(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        return IPAddress.TryParse(host.Trim('[', ']'), out var address) ? [address] : [IPAddress.Any];
    }
}
