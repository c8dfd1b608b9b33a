using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using Mono.Cecil;

namespace CowansDashboard.Tests.Architecture;

/// <summary>How the compiled code looks everywhere. Each failure names the offender.</summary>
public sealed class ConventionTests
{
    [Fact]
    public void A_class_is_sealed_abstract_or_static() =>
        Names(CompiledCode.WrittenTypes(CompiledCode.All)
                .Where(type => type.IsClass && !type.IsValueType && !type.IsSealed && !type.IsAbstract && type.Name is not ("Program" or "_Imports") && !IsComponent(type)))
            .ShouldBeEmpty("seal these classes, or make them abstract");

    [Fact]
    public void Nothing_is_async_void() =>
        Names(CompiledCode.Methods(CompiledCode.All)
                .Where(method => CompiledCode.Has<AsyncStateMachineAttribute>(method) && method.ReturnType.FullName == "System.Void"))
            .ShouldBeEmpty("an exception in async void ends the process; return Task");

    [Fact]
    public void Nothing_reads_the_raw_clock() =>
        (from method in CompiledCode.Methods(CompiledCode.All)
         where method.HasBody
         from instruction in method.Body.Instructions
         where instruction.Operand is MethodReference { DeclaringType.FullName: "System.DateTime" or "System.DateTimeOffset", Name: "get_Now" or "get_UtcNow" or "get_Today" }
         select method.FullName).Distinct().ShouldBeEmpty("inject TimeProvider");

    [Fact]
    public void Every_log_message_has_a_number_of_its_own()
    {
        var messages = (
            from method in CompiledCode.Methods(CompiledCode.All)
            from attribute in method.CustomAttributes
            where attribute.AttributeType.FullName == typeof(LoggerMessageAttribute).FullName
            select (Id: EventId(attribute), Method: $"{method.DeclaringType.FullName}.{method.Name}")).ToList();

        messages.ShouldNotBeEmpty();
        messages.Where(message => message.Id is null or <= 0).Select(message => message.Method).ShouldBeEmpty("these log messages have no number");
        messages.GroupBy(message => message.Id).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(message => message.Method))}")
            .ShouldBeEmpty("these log messages share a number");
    }

    [Fact]
    public void A_type_is_named_for_the_verb_or_the_thing()
    {
        string[] vague = ["Manager", "Service", "Services", "Helper", "Helpers", "Util", "Utils", "Utility"];

        Names(CompiledCode.WrittenTypes(CompiledCode.All).Where(type => vague.Any(ending => Plain(type).EndsWith(ending, StringComparison.Ordinal))))
            .ShouldBeEmpty("say what it does or what it is");
    }

    [Fact]
    public void No_interface_exists_for_a_single_class()
    {
        var classes = CompiledCode.WrittenTypes(CompiledCode.All).Where(type => type.IsClass).Select(Plain).ToHashSet();

        Names(CompiledCode.WrittenTypes(CompiledCode.All).Where(type => type.IsInterface && classes.Contains(Plain(type)[1..])))
            .ShouldBeEmpty("use the class itself");
    }

    [Fact]
    public void No_mock_library_is_used()
    {
        string[] mocks = ["Moq", "NSubstitute", "FakeItEasy", "JustMock"];

        typeof(ConventionTests).Assembly.GetReferencedAssemblies().Select(reference => reference.Name).Intersect(mocks).ShouldBeEmpty();
    }

    // A component's class is half written by the Razor compiler, which does not seal it.
    private static bool IsComponent(TypeDefinition type)
    {
        for (var current = type; current is not null; current = current.BaseType?.Resolve())
            if (current.FullName == typeof(ComponentBase).FullName || current.Interfaces.Any(implemented => implemented.InterfaceType.FullName == typeof(IComponent).FullName))
                return true;
        return false;
    }

    private static int? EventId(CustomAttribute attribute)
    {
        if (attribute.Properties.FirstOrDefault(property => property.Name == nameof(LoggerMessageAttribute.EventId)) is { Name: not null } named)
            return (int)named.Argument.Value;
        return attribute.ConstructorArguments is [{ Value: int id }, ..] && attribute.ConstructorArguments.Count > 1 ? id : null;
    }

    private static string Plain(TypeReference type) => type.Name.Split('`')[0];

    private static IEnumerable<string> Names(IEnumerable<MemberReference> members) => members.Select(member => member.FullName);
}
