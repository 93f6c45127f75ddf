using System.CommandLine;
using System.Text;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// <c>witness</c>: a small server, meant for another machine than the bot's and another person's hands, that cosigns checkpoints which
/// continue what it has seen. It knows no tenant's data, only heads.
/// </summary>
public static class WitnessCommand
{
    private const string KeyName = "witness.key";

    /// <summary>
    /// Runs the verb in <paramref name="args"/> until it is stopped, and returns its exit code; null when it is another verb.
    /// </summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not ["witness", .. var rest])
            return null;
        return await RunAsync(rest, Console.Out, Console.Error, CancellationToken.None);
    }

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    /// <param name="args">What follows the verb.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var listen = new Option<string>("--listen")
            { Description = "Address, as in http://127.0.0.1:4978. Put TLS in front of it where others can listen in.", Required = true };
        var store = new Option<string>("--store")
            { Description = "Folder for its key and for the last checkpoint of each ledger.", Required = true };
        var logs = new Option<string[]>("--log")
        {
            Description =
                "Verifier key of a ledger it cosigns for, as 'ledger key' prints it, or a file with one per line. Several are allowed.",
            AllowMultipleArgumentsPerToken = true,
        };
        var name = new Option<string>("--name")
            { Description = "The name it signs under, as in witness.client.example.", DefaultValueFactory = static _ => "witness" };
        var command = new RootCommand("Cosigns checkpoints that continue what it has seen.") { listen, store, logs, name };
        command.SetAction((parsed, cancel) => ServeAsync(
            parsed.GetValue(listen)!, parsed.GetValue(store)!, parsed.GetValue(logs), parsed.GetValue(name)!, output, error, cancel));
        var parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var mistake in parsed.Errors)
                await error.WriteLineAsync(mistake.Message);
            await error.WriteLineAsync("Try: witness --listen http://127.0.0.1:4978 --store witness-data --log VERIFIERKEY");
            return LedgerCommands.Usage;
        }
        return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static async Task<int> ServeAsync(
        string listen, string folder, string[]? logs, string name, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            if (!Uri.TryCreate(listen, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
                throw new CommandException($"'{listen}' is not an http address to listen on.");
            var known = Keys.ReadAll(logs);
            using var kept = new WitnessStore(Path.GetFullPath(folder));
            using var signer = LocalSigningKey.OpenOrCreate(Path.Combine(Path.GetFullPath(folder), KeyName));
            var witness = new Witness(name, signer, known, kept, TimeProvider.System);
            var key = await witness.KeyAsync(cancellationToken);
            await using var app = Build(listen, witness, key);
            await app.StartAsync(cancellationToken);
            await output.WriteLineAsync(
                $"Witness at {app.Urls.Single()} for {(known.Count == 1 ? "1 ledger" : $"{known.Count} ledgers")}. Its verifier key, for "
                + $"Ledger:Witnesses:0:Key:");
            await output.WriteLineAsync(key.ToString());
            await app.WaitForShutdownAsync(cancellationToken);
            return LedgerCommands.Intact;
        }
        catch (Exception refused)
            when (refused is CommandException or SigningKeyException or NoteFormatException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The witness cannot start. {refused.Message}");
            return LedgerCommands.Usage;
        }
    }

    private static WebApplication Build(string listen, Witness witness, VerifierKey key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(listen).ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // What keeps it from starting is said once, in a sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        var app = builder.Build();
        app.MapPost("/add-checkpoint", async (HttpRequest request, CancellationToken cancellationToken) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            // Whoever hangs up meanwhile has still been cosigned for, and learns so by asking again.
            var reply = await witness.AddAsync(body.ToArray(), CancellationToken.None);
            return Text(reply.Body, reply.Status, reply.MediaType);
        });
        app.MapGet("/key", () => Text($"{key}\n"));
        app.MapGet("/checkpoint/{**origin}", (string origin) =>
        {
            try
            {
                return witness.Latest(origin) is { } latest
                    ? Text(latest.ToString())
                    : Text("nothing of this origin was cosigned here\n", StatusCodes.Status404NotFound);
            }
            catch (CheckpointException damaged)
            {
                return Text($"{damaged.Message}\n", StatusCodes.Status500InternalServerError);
            }
        });
        app.MapGet("/healthz", static () => Text("healthy\n"));
        return app;
    }

    private const long MaxBody = 64 * 1024;

    private static IResult Text(string body, int status = StatusCodes.Status200OK, string mediaType = "text/plain") =>
        Results.Text(Encoding.UTF8.GetBytes(body), mediaType == "text/plain" ? "text/plain; charset=utf-8" : mediaType, status);
}
