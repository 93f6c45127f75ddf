using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Isolation;

/// <summary>
/// Many clients act at once, each leaving words that nobody else may ever read; then everything that left the bot is searched for them.
/// </summary>
public sealed class CanaryTests
{
    private const int Steps = 14;

    private static readonly string[] Ids =
    [
        "a", "a-a", "aa", "a-b", "contoso", "contoso-1", "contoso1", "CONTOSO-2", "c0ntoso", new('x', 62), new('x', 63), "null",
        "host", "0",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(20261121)]
    [InlineData(7)]
    public async Task Nothing_of_one_client_is_ever_shown_to_another(int seed)
    {
        var random = new Random(seed);
        var clients = Ids.Select((id, number) => new Client(id, number, random)).ToList();
        var nobody = new Someone(Guid.NewGuid().ToString(), "Nobody");
        // Works for two clients, and may be told of both where nobody else reads along.
        var both = new Someone(Guid.NewGuid().ToString(), "Both");
        await using var bot = await RunningBot.StartAsync(
        [
            .. clients.SelectMany(client => client.Settings()),
            ($"Access:Roles:{clients[0].Id}:administrator:1", both.ObjectId),
            ($"Access:Roles:{clients[1].Id}:administrator:1", both.ObjectId),
        ]);
        var results = new List<(IReadOnlyList<Client> MayHear, string What, string Text)>();

        await Task.WhenAll(clients.Select(client => bot.SayAsync(client.Person, client.Channel, $"link {client.Prefix}")));
        await Task.WhenAll(clients.Select(client => client.RaiseAsync(bot, client, results)));
        foreach (var client in clients)
            await RunningBot.UntilAsync(
                () => bot.Teams.Calls.Any(
                    call => RunningBot.GetPlace(call) == client.Channel && call.Body!.ToJsonString().Contains($"{client.Canary} is full")),
                $"{client.Id} sees its own card");

        await Task.WhenAll(
        [
            .. clients.Select(client => ActAsync(bot, client, client.Person, clients, new(seed + client.Number), results)),
            ActAsync(bot, clients[0], both, clients, new(seed + 100), results, personalOnly: true),
            ActAsync(bot, clients[0], nobody, clients, new(seed + 101), results, personalOnly: true),
        ]);
        await bot.SettleAsync();

        var problems = new List<string>();
        foreach (var call in bot.Teams.Calls)
        {
            var place = RunningBot.GetPlace(call);
            Search(clients.Where(client => place == client.Channel || place == RunningBot.PersonalChat(client.Person)
                || (place == RunningBot.PersonalChat(both) && client.Number < 2)), $"{call.Method} {place}",
                call.Body?.ToJsonString() + call.Path);
        }
        foreach (var (mayHear, what, text) in results)
            Search(mayHear, what, text);
        foreach (var line in bot.Log)
            Search([], "log", line);
        foreach (var tags in bot.Measured)
            Search([], "metrics", tags);
        foreach (var path in new[] { "healthz", "readyz", "api/events/nobody", "sandbox/devices" })
            Search([], path, await (await bot.Http.GetAsync(path, Token)).Content.ReadAsStringAsync(Token));
        foreach (var client in clients)
        {
            foreach (var verb in new[] { "list", "verify", "gaps" })
                Search([client], $"ledger {verb}", await ReadLedgerAsync(bot, verb, client));
            var ledger = bot.Services.GetRequiredService<ILedger>();
            foreach (var entry in await ledger.ReadAsync(client.Tenant, 0, 100_000, Token))
            {
                if (entry.Actor.Kind == ActorKind.Person && entry.Actor.Id != client.Person.ObjectId
                    && !(client.Number < 2 && entry.Actor.Id == both.ObjectId))
                    problems.Add($"{entry.Actor.Id} wrote {entry.Type} on the ledger of {client.Id}");
            }
        }
        problems.Distinct().ShouldBeEmpty();
        bot.Measured.ShouldNotBeEmpty();
        bot.Log.ShouldNotBeEmpty();

        void Search(IEnumerable<Client> mayHear, string what, string? text)
        {
            foreach (var client in clients.Except(mayHear)
                .Where(client => text?.Contains(client.Canary, StringComparison.OrdinalIgnoreCase) is true))
                problems.Add($"{what} tells of {client.Id}: {text}");
            // Secrets are for nobody's eyes, not even their owner's.
            foreach (var client in clients.Where(client => text?.Contains(client.Secret, StringComparison.Ordinal) is true))
                problems.Add($"{what} tells the secret of {client.Id}: {text}");
        }
    }

    /// <summary>Does a number of things at random, about its own client and about others.</summary>
    private static async Task ActAsync(
        RunningBot bot, Client own, Someone who, IReadOnlyList<Client> clients, Random random,
        List<(IReadOnlyList<Client>, string, string)> results, bool personalOnly = false)
    {
        for (var step = 0; step < Steps; step++)
        {
            var other = clients[random.Next(clients.Count)];
            var about = random.Next(3) == 0 ? own : other;
            var channel = personalOnly || random.Next(2) == 0 ? null : own.Channel;
            var incident = $"{about.Prefix}-{1001 + random.Next(2)}";
            switch (random.Next(14))
            {
                case 0:
                    await bot.SayAsync(who, channel, $"show {incident}");
                    break;
                case 1:
                    await bot.SayAsync(who, channel, $"why {incident}");
                    break;
                case 2:
                    await bot.SayAsync(who, channel, "pending");
                    break;
                case 3:
                    await bot.SayAsync(who, channel, $"pending {Word(about, random)}");
                    break;
                case 4:
                    await bot.SayAsync(who, channel, "whoami");
                    break;
                case 5 when about != own:
                    await bot.SayAsync(who, channel, $"freeze {Word(about, random)} because");
                    break;
                case 6 when about != own:
                    await bot.SayAsync(who, channel, $"link {Word(about, random)}");
                    break;
                case 7 when about != own:
                    await bot.SayAsync(who, channel, $"assign administrator {about.Id} me");
                    break;
                case 8:
                    await bot.SayAsync(who, channel, $"undo {incident}");
                    break;
                case 9 or 10 or 11:
                    var verb = new[] { Verb.View, Verb.Details, Verb.Why, Verb.Undo, Verb.Approve, Verb.Reject,
                        Verb.Handled }[random.Next(7)];
                    var state = await bot.Services.GetRequiredService<TenantStates>().GetAsync(about.Tenant, Token);
                    // Whatever could be had of the other client's card, in the mouth of a stranger; or one's own incident under another's
                    // name.
                    var data = new JsonObject
                    {
                        ["tenant"] = random.Next(2) == 0 ? about.Id.ToLowerInvariant() : own.Id.ToLowerInvariant(), ["incident"] = incident,
                        ["seal"] = state.Find(IncidentId.Parse(incident))?.PlanDigest ?? "", ["reason"] = "because", ["note"] = "done",
                    };
                    var heard = await bot.PressAsync(who, channel, verb, data);
                    Client[] theirs = who.Name == "Both" ? [clients[0], clients[1]] : [];
                    Answered(who == own.Person ? [own] : theirs, $"{who.Name} {verb} {data.ToJsonString()}", heard);
                    break;
                case 12 when who == own.Person:
                    await own.RaiseAsync(bot, about, results);
                    break;
                default:
                    using (var request = new HttpRequestMessage(HttpMethod.Get, $"sandbox/devices?name=SRV-FILE01"))
                    {
                        request.Headers.Authorization = new("Bearer", own.Secret);
                        using var result = await bot.Http.SendAsync(request, Token);
                        Answered([own], "sandbox", await result.Content.ReadAsStringAsync(Token));
                    }
                    break;
            }
        }

        void Answered(IReadOnlyList<Client> mayHear, string what, string text)
        {
            lock (results)
                results.Add((mayHear, what, text));
        }
    }

    /// <summary>How somebody might call a client that is not theirs; never by the name only its people know.</summary>
    private static string Word(Client client, Random random) => random.Next(3) switch
    {
        0 => client.Prefix,
        1 => client.Id.ToUpperInvariant(),
        _ => client.Id,
    };

    private static async Task<string> ReadLedgerAsync(RunningBot bot, string verb, Client client)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(client.Settings().Append(("Storage:Path", bot.Storage))
                .ToDictionary(pair => pair.Item1, pair => (string?)pair.Item2)).Build();
        using var output = new StringWriter();
        await LedgerCommands.RunAsync(["ledger", verb, "--tenant", client.Id, "--json"], configuration, bot.Storage, output, output, Token);
        return output.ToString();
    }

    /// <summary>A client company with a word that only its people may read, and a secret that nobody may.</summary>
    private sealed class Client(string id, int number, Random random)
    {
        public string Id => id;

        public int Number => number;

        public TenantId Tenant { get; } = TenantId.Parse(id);

        public string Prefix { get; } = $"Q{(char)('A' + (number / 26))}{(char)('A' + (number % 26))}";

        public string Canary { get; } = $"canary{random.NextInt64(1L << 60):x16}";

        public string Secret { get; } = $"secret{random.NextInt64(1L << 60):x16}";

        public string Channel { get; } = $"19:channel{number}@thread.tacv2";

        public Someone Person { get; } = new(new Guid(number + 1, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]).ToString(), $"Person {number}");

        private string ConnectionName { get; } = $"connection-{number}";

        public IEnumerable<(string, string)> Settings() =>
        [
            ($"Tenants:{id}:Name", $"{Canary} Ltd"), ($"Tenants:{id}:Prefix", Prefix),
            ($"Access:Roles:{id}:administrator:0", Person.ObjectId),
            ($"Connections:{ConnectionName}:Tenant", id), ($"Connections:{ConnectionName}:Connector", "sandbox"),
            ($"Connections:{ConnectionName}:Settings:Token", Secret),
        ];

        /// <summary>An alert over a client's connection, with this client's token.</summary>
        public async Task RaiseAsync(RunningBot bot, Client at, List<(IReadOnlyList<Client>, string, string)> results)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"api/events/{at.ConnectionName}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
            request.Content = JsonContent.Create(new
            {
                kind = "DiskSpaceLow", device = "SRV-FILE01", severity = "critical", volume = "C:", title = $"{at.Canary} is full",
                description = $"{at.Canary} again", label = at.Canary,
            });
            using var result = await bot.Http.SendAsync(request, Token);
            ((int)result.StatusCode).ShouldBe(at == this ? 202 : 401);
            var text = await result.Content.ReadAsStringAsync(Token);
            lock (results)
                results.Add(([at], "webhook", text));
        }
    }
}
