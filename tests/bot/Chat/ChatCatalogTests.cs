using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Chat;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.Isolation;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Chat;

public sealed class ChatCatalogTests
{
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");

    private readonly IncidentScript story = new();

    /// <summary>As somebody writes one who has only the bot's assembly.</summary>
    public sealed class GreetCommand(ClientResolver clients) : ChatCommand<ClientArgument>
    {
        public override string Name => "greet";

        public override IReadOnlyList<string> Synonyms => ["say hello to"];

        public override IReadOnlyList<HelpLine> Help { get; } = [new("greet <client>", "say hello to a client")];

        public override ChatRequest Read(CommandText text) =>
            text.Client is null ? ChatRequest.Incomplete("Greet whom?", "greet <client>") : For(new(text.Client));

        protected override async Task<OutgoingMessage> AnswerAsync(
            ClientArgument arguments, ChatTurn turn, CancellationToken cancellationToken)
        {
            var (client, refused) = await clients.OneAsync(turn, arguments.Client, "greet <client>", cancellationToken);
            return refused ?? Reply.Notice($"{turn.Person.Name} greets {client!.Tenant.Name}.", good: true);
        }
    }

    private sealed class Pause : IChatCommand
    {
        public string Name => "rest";

        public IReadOnlyList<string> Synonyms => ["Pause"];

        public IReadOnlyList<HelpLine> Help => [];

        public ChatRequest Read(CommandText text) => ChatRequest.UnknownQuery(text.Whole);
    }

    [Fact]
    public async Task A_command_of_another_assembly_is_read_listed_and_proposed()
    {
        await using var bot = await RunningBot.StartAsync(
            [("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:technician:0", Ana.ObjectId)],
            replace: static services => services.AddChatCommand<GreetCommand>());
        await bot.SayAsync(Ana, null, "please greet contoso");
        await bot.SayAsync(Ana, null, "Say hello to Contoso!");
        await bot.SayAsync(Ana, null, "greet");
        await bot.SayAsync(Ana, null, "greeet contoso");
        await bot.SayAsync(Ana, null, "help");
        var told = bot.Teams.Calls.Where(static call => call.Method == "POST" && call.Body is not null)
            .Select(static call => call.Body!.ToJsonString()).ToList();
        told[0].ShouldContain("Ana greets Contoso Ltd.");
        told[1].ShouldContain("Ana greets Contoso Ltd.");
        told[2].ShouldContain("Greet whom?");
        told[3].ShouldContain("Did you mean");
        told[4].ShouldContain("say hello to a client");
        bot.Log.ShouldContain(line => line.Contains($"{Ana.ObjectId} said Greet: answered"));
    }

    [Theory]
    [InlineData(typeof(IChatCommand))]
    [InlineData(typeof(IChatQuery))]
    [InlineData(typeof(ChatCommand<>))]
    [InlineData(typeof(ChatQuery<>))]
    [InlineData(typeof(ChatRequest))]
    [InlineData(typeof(ChatTurn))]
    [InlineData(typeof(CommandText))]
    [InlineData(typeof(QuestionText))]
    [InlineData(typeof(ClientResolver))]
    [InlineData(typeof(Visibility))]
    [InlineData(typeof(Reply))]
    [InlineData(typeof(HelpLine))]
    [InlineData(typeof(MessageCards))]
    public void What_a_command_needs_can_be_used_from_outside(Type type) => type.IsVisible.ShouldBeTrue();

    [Fact]
    public void Two_commands_of_one_name_are_refused_with_both()
    {
        using var services = ChatScene.Build(story, new GivenAccess(), static more => more.AddChatCommand<Pause>());
        Should.Throw<ChatCatalogException>(() => services.GetRequiredService<ChatCatalog>())
            .Message.ShouldBe("Two chat commands are called 'Pause': StopCommand and Pause.");
    }

    [Fact]
    public async Task The_bot_does_not_start_with_two_commands_of_one_name()
    {
        var failure = await Should.ThrowAsync<ChatCatalogException>(RunningBot.StartAsync(
            [("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:administrator:0", Ana.ObjectId)],
            replace: static services => services.AddChatCommand<Pause>()));
        BotHost.StartProblems(failure).ShouldHaveSingleItem().ShouldStartWith("Two chat commands are called 'Pause'");
    }

    [Fact]
    public void Every_line_of_the_help_is_understood_as_it_stands()
    {
        using var services = ChatScene.Build(story, new GivenAccess());
        var catalog = services.GetRequiredService<ChatCatalog>();
        var parser = services.GetRequiredService<ChatParser>();
        foreach (var line in catalog.Help.Commands)
            catalog.Find(line.Say.Split(' ')).ShouldNotBeNull().Command.Help.ShouldContain(line);
        foreach (var line in catalog.Help.Questions)
            parser.Parse(line.Say).Arguments.ShouldNotBeOfType<UnknownQuery>(line.Say);
        catalog.Help.Commands.Count.ShouldBe(27);
        catalog.Help.Questions.Count.ShouldBe(8);
    }
}
