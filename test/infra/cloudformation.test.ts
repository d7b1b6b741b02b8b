import { expect, it } from 'vitest';
import { problemsOf } from './cloudformation.ts';

const ALARM = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Threshold: 1,
    Dimensions: [{ Name: 'stage', Value: 'level1' }],
    AlarmActions: [{ Ref: 'Topic' }],
  },
};
const TOPIC = { Type: 'AWS::SNS::Topic', Properties: {} };

it('accepts a correct template', () => {
  expect(problemsOf({ Resources: { Alarm: ALARM, Topic: TOPIC } })).toEqual([]);
});

it.each<[Record<string, unknown>, string]>([
  [{ Type: 'AWS::CloudWatch::Alarum' }, 'there is no resource type AWS::CloudWatch::Alarum'],
  [{ Type: 'AWS::CloudWatch::Alarm', Properties: { Treshold: 1 } }, 'has no property Treshold'],
  [{ Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: 'high' } }, 'is not of the type number'],
  [{ Type: 'AWS::CloudWatch::Alarm', Properties: { Dimensions: [{ Name: 'x' }] } }, 'lacks Value'],
  [{ Type: 'AWS::CloudWatch::Alarm', Properties: { Dimensions: {} } }, 'is no list'],
  [{ Type: 'AWS::IAM::Role', Properties: {} }, 'lacks AssumeRolePolicyDocument'],
  [{ ...TOPIC, DependsOn: ['Gone'] }, 'depends on Gone, which is nowhere'],
  [{ ...ALARM }, 'Ref to nothing: Topic'],
  [
    { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::If': ['Maybe', 'a', 'b'] } } },
    'no condition Maybe',
  ],
  [
    { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['Gone', 'Arn'] } } },
    'Fn::GetAtt of nothing',
  ],
])('finds what is wrong with %j', (resource, problem) => {
  expect(problemsOf({ Resources: { It: resource } })).toEqual([expect.stringContaining(problem)]);
});
