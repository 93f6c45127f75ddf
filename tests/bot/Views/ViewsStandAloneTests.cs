using System.Reflection;
using System.Reflection.Emit;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Tests.Views;

/// <summary>What is shown is said once, so that a card, a dashboard's page and an answer show the same: views know none of them.</summary>
public sealed class ViewsStandAloneTests
{
    private const BindingFlags All =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    [Fact]
    public void Views_use_nothing_else_of_the_bot()
    {
        var views = typeof(IncidentView).Assembly.GetTypes().Where(static type => IsIn(type, "DevOpsAI.Bot.Views")).ToList();
        views.Count.ShouldBeGreaterThan(20);
        var others = views.SelectMany(static type => Used(type)
            .Where(static used => IsIn(used, "DevOpsAI.Bot") && !IsIn(used, "DevOpsAI.Bot.Views"))
            .Select(used => $"{type.Name} uses {used.FullName}"));
        others.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void The_test_sees_what_a_method_calls() =>
        Used(typeof(DevOpsAI.Bot.Cards.CardText)).ShouldContain(static used => used.Name == "SanitizedText");

    private static bool IsIn(Type type, string space) =>
        type.Namespace is { } own && (own == space || own.StartsWith(space + ".", StringComparison.Ordinal));

    private static IEnumerable<Type> Used(Type type) => new[] { type.BaseType }
        .Concat(type.GetInterfaces())
        .Concat(type.GetFields(All).Select(static field => field.FieldType))
        .Concat(type.GetMethods(All).SelectMany(static method => Named(method).Append(method.ReturnType)))
        .Concat(type.GetConstructors(All).SelectMany(Named))
        .OfType<Type>()
        .SelectMany(Parts);

    private static IEnumerable<Type> Named(MethodBase method) => method.GetParameters().Select(static parameter => parameter.ParameterType)
        .Concat(method.GetMethodBody()?.LocalVariables.Select(static local => local.LocalType) ?? [])
        .Concat(method.GetMethodBody() is { } body ? Called(method, body.GetILAsByteArray()!) : []);

    private static IEnumerable<Type> Called(MethodBase method, byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = OpCodes[value];
            at += operation.Size;
            if (Names(operation.OperandType) && Resolve(method, BitConverter.ToInt32(code, at)) is { } used)
                yield return used;
            at += Length(operation.OperandType, code, at);
        }
    }

    private static bool Names(OperandType operand) =>
        operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok;

    private static Type? Resolve(MethodBase method, int token)
    {
        var ofMethod = method is ConstructorInfo ? null : method.GetGenericArguments();
        var member = method.Module.ResolveMember(token, method.DeclaringType!.GetGenericArguments(), ofMethod);
        return member as Type ?? member?.DeclaringType;
    }

    private static int Length(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Parts).Append(type);
}
